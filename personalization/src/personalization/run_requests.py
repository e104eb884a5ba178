"""Which run a request is about."""

from datetime import UTC, datetime

from personalization import live
from shared import runs
from shared.http import Request
from shared.run_ending import fail_if_lost
from shared.runs import Run

_LONGEST_ID = 128


def own_run(request: Request) -> Run:
    """The run that a request's path names, as it is now; it is the caller's own, and of the project that is named.

    Raises Unauthenticated; NotFound for another's run, to staff and members of the project too; Unavailable.
    """
    caller, parameters, now = request.caller, request.path_parameters, datetime.now(UTC)
    live.access().require(caller, now)
    subject = parameters.get("projectId", caller.user_id)
    run_id = parameters["runId"][:_LONGEST_ID]  # DynamoDB reads no longer key
    run = runs.own_run(live.log(), run_id, caller.user_id, now, subject)
    return fail_if_lost(run, live.log(), live.answerers(), live.sender(), now)
