"""Sockets, event streams and figures of communications."""

from tests.access.matrix import Call, everybody, over_http, row, staff
from tests.access.people import COMMUNICATIONS
from tests.access.world import World


@row(COMMUNICATIONS, "POST /connections", over_http(everybody(201)))
@row(COMMUNICATIONS, "POST /inbox/tickets", over_http(everybody(201)))
@row(COMMUNICATIONS, "GET /inbox/events", over_http(everybody(200)))
def own_inbox(_: World) -> Call:
    """Each caller's own."""
    return Call()


@row(COMMUNICATIONS, "GET /admin/figures", over_http(staff(200)))
def get_figures(_: World) -> Call:
    return Call(query={"from": "2026-11-01", "to": "2026-11-30"})
