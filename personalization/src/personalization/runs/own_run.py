"""Which run a request is about."""

from datetime import UTC, datetime

from personalization.runs import wiring
from shared.http.routes import Request
from shared.runs import run as runs
from shared.runs.ending import fail_if_lost
from shared.runs.run import Run

_LONGEST_ID = 128


def own_run(request: Request) -> Run:
    """The run that a request's path names, as it is now; it is the caller's own, and of the project that is named.

    Raises Unauthenticated; NotFound for another's run, to staff and members of the project too; Unavailable.
    """
    caller, parameters, now = request.caller, request.path_parameters, datetime.now(UTC)
    wiring.access().require(caller, now)
    subject = parameters.get("projectId", caller.user_id)
    run_id = parameters["runId"][:_LONGEST_ID]  # DynamoDB reads no longer key
    run = runs.own_run(wiring.log(), run_id, caller.user_id, now, subject)
    return fail_if_lost(run, wiring.log(), wiring.answerers(), wiring.sender(), now)
