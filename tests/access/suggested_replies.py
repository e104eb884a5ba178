"""Suggestions, suggested replies and gaps of the help desk."""

from tests.access.matrix import Call, everybody, over_http, row, staff
from tests.access.people import HELP_DESK
from tests.access.world import World

OF_ITS_STARTER = over_http({**staff(404), "staff": 200})
"""Who is of staff as well has no business there."""
RUN = "/tickets/{ticketId}/runs/{runId}"


@row(HELP_DESK, "GET /kb/gaps", over_http(staff(200)))
def list_gaps(_: World) -> Call:
    return Call()


@row(HELP_DESK, "POST /tickets/{ticketId}/feedback", over_http(staff(204)))
def give_feedback(world: World) -> Call:
    body = {"suggestionId": world.suggestion_id, "helpful": True}
    return Call(path={"ticketId": world.ticket_id}, json=body)


@row(HELP_DESK, "POST /tickets/{ticketId}/runs", over_http(staff(202)))
def suggest_reply(world: World) -> Call:
    return Call(path={"ticketId": world.ticket_id})


@row(HELP_DESK, f"GET {RUN}", OF_ITS_STARTER)
@row(HELP_DESK, f"POST {RUN}/stop", OF_ITS_STARTER)
@row(HELP_DESK, f"POST {RUN}/tickets", {**OF_ITS_STARTER, "staff": 201})
@row(HELP_DESK, f"GET {RUN}/events", {**over_http(everybody(404)), "staff": 200})
def of_reply_run(world: World) -> Call:
    return Call(path={"ticketId": world.ticket_id, "runId": world.reply_run_id})
