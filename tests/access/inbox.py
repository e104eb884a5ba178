"""Sockets of communications."""

from tests.access.matrix import Call, everybody, over_http, row
from tests.access.world import COMMUNICATIONS, World


@row(COMMUNICATIONS, "POST /connections", over_http(everybody(201)))
def open_connection(_: World) -> Call:
    return Call()
