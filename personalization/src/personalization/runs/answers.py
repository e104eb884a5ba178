"""What clients receive about streamed answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.runs.run import OUTCOME, Frame, Run, Status, text_of


@dataclass(frozen=True, slots=True)
class TicketAnswer:
    ticket: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RunAnswer:
    run_id: str
    session_id: str
    status: Status
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
