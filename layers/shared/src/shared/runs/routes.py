"""The HTTP side of runs: what clients receive about them, and how they follow them without a socket."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from shared.auth.access import Access
from shared.auth.callers import Caller, authorizer_context
from shared.http.contract import EVENT_STREAM
from shared.http.edge import caller_of
from shared.http.events import path_parameters, query_parameters
from shared.http.parameters import optional_text, optional_whole_number
from shared.http.request import Request
from shared.http.response import Response
from shared.runs.run import OUTCOME, Frame, Run, text_of
from shared.runs.server_sent_events import event_stream
from shared.runs.service import RunService
from shared.runs.tickets import RunTicket, RunTickets

_MAX_SEQ = 999_999_999
_AFTER = optional_whole_number("after", 0, _MAX_SEQ, description="`id` of the last event that was received.")
_LAST_EVENT_ID = optional_whole_number(
    "Last-Event-ID", 0, _MAX_SEQ, place="header", description="Goes before `after`: EventSource sends it."
)
_TICKET = optional_text("ticket", max_length=1024, description="For who can send no token in a header.")

FOLLOWING = (_AFTER, _LAST_EVENT_ID, _TICKET)
"""Parameters of routes that `followed` answers, with STREAM."""
STREAM: Mapping[int, Any] = {200: EVENT_STREAM, 204: None}


@dataclass(frozen=True, slots=True)
class TicketAnswer:
    ticket: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RunAnswer:
    run_id: str
    session_id: str
    status: Literal["queued", "running", "done", "stopped", "failed"]
    text: str
    seq: int
    created_at: datetime
    usage: Mapping[str, object] | None
    detail: str | None


def run_answer(run: Run, frames: Sequence[Frame]) -> RunAnswer:
    """`frames` were read after the run, and may hold an end that it does not have yet: theirs counts.

    `seq` is that of the last frame: 0 before the first. `detail` says why a run has failed.
    """
    last = frames[-1] if frames else None
    ended = last.fields if last and last.is_terminal else {}
    return RunAnswer(
        run_id=run.run_id,
        session_id=run.session_id,
        status=OUTCOME.get(last.type, run.status) if last else run.status,
        text=text_of(frames),
        seq=last.seq if last else 0,
        created_at=run.created_at,
        usage=ended.get("usage"),
        detail=ended.get("detail"),
    )


def stopped(run: Run, runs: RunService) -> RunAnswer:
    """Of a run that says no more from now on. Idempotent. Raises Unavailable."""
    runs.stop(run)
    return run_answer(runs.find(run.run_id) or run, runs.frames(run))


def ticket_for(caller: Caller, run: Run, tickets: RunTickets, now: datetime) -> TicketAnswer:
    return TicketAnswer(*tickets.issue(RunTicket(caller, run.run_id), now))


def follower_of(event: Mapping[str, Any], tickets: RunTickets, access: Access, now: datetime) -> Mapping[str, str]:
    """Who follows, as the authorizer says: by a token, or as EventSource sends no headers by a ticket in the URL.

    Whose the run is, the route looks up itself. Raises Unauthenticated; Unavailable.
    """
    found = query_parameters(event).get("ticket")
    caller = tickets.read(found[0], path_parameters(event)["runId"], now).caller if found else caller_of(event)
    access.require(caller, now)
    return authorizer_context(caller)


def followed(request: Request, run: Run, runs: RunService, access: Access, now: datetime) -> Response:
    """The events after the last one received, within 24 s; 204 if there are no more. Raises Unauthenticated.

    The authorizer has looked before the wait: access may have ended since.
    """
    last = request.value(_LAST_EVENT_ID)
    after = request.value(_AFTER) if last is None else last
    frames = runs.poll(run, after=after or 0)
    access.require(request.caller, now)
    return Response(204) if frames is None else Response(200, event_stream(frames))
