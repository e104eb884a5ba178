"""The HTTP side of runs: what clients receive about them, and how they follow them without a socket."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Literal

from shared.auth.access import Access
from shared.auth.callers import authorizer_context
from shared.event_streams.events import event_stream
from shared.event_streams.routes import follower_of, position
from shared.event_streams.tickets import StreamTickets
from shared.event_streams.waiting import Check
from shared.http.contract import EVENT_STREAM
from shared.http.events import path_parameters
from shared.http.request import Request
from shared.http.response import Response
from shared.runs.run import OUTCOME, Frame, Run, text_of
from shared.runs.service import RunService

STREAM: Mapping[int, Any] = {200: EVENT_STREAM, 204: None}
"""Of routes that `followed` answers, with FOLLOWING as their parameters."""


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


def run_follower(event: Mapping[str, Any], tickets: StreamTickets, access: Access, now: datetime) -> Mapping[str, str]:
    """Who follows, as the authorizer says. Whose the run is, the route looks up itself.

    Raises Unauthenticated; Unavailable.
    """
    return authorizer_context(follower_of(event, path_parameters(event)["runId"], tickets, access, now))


def followed(request: Request, run: Run, runs: RunService, access: Access) -> Response:
    """As `followed_until`, for whom an authorizer has let in. Raises Unauthenticated.

    The authorizer has looked before the wait: access may have ended since.
    """
    return followed_until(request, run, runs, partial(access.require, request.caller))


def followed_until(request: Request, run: Run, runs: RunService, check: Check) -> Response:
    """The events after the last one received, within 24 s; 204 if there are no more. Raises what `check` raises."""
    frames = runs.poll(run, check, after=position(request) or 0)
    return Response(204) if frames == () else Response(200, event_stream(frame.message for frame in frames or ()))
