"""A run: one streamed answer, kept as a log of frames that is only ever appended to.

Frames are numbered from 1 without gaps, and each number is written once, whoever writes it: so the first terminal frame
(`done`, `stopped` or `error`) is how the run ended, for everybody. A worker whose frame is refused has been overtaken
by it. A run's end, its status and what the context keeps of it are written together or not at all.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol, Self

from shared.persistence.unit_of_work import Write

LIFE = timedelta(hours=24)
"""How long a run can be read; what it said is kept by its context."""
LEASE = timedelta(seconds=30)
QUEUED = timedelta(seconds=30)
"""After it, a run that no worker has taken is put on the queue again."""
MAX_QUEUED = timedelta(minutes=5)
"""After it, a run that no worker has taken fails."""

type Outcome = Literal["done", "stopped", "failed"]
type Status = Literal["queued", "running"] | Outcome

TERMINAL: Mapping[Outcome, str] = {"done": "done", "stopped": "stopped", "failed": "error"}
OUTCOME: Mapping[str, Outcome] = {frame_type: outcome for outcome, frame_type in TERMINAL.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """`kind` names its Answerer, `subject` what it belongs to, `request` what is to be answered, as plain JSON.

    `overdue_at` is when somebody has to look after it: a queued run is queued again, one whose lease ran out has
    failed. `owner` is the worker that has leased it, also after its end. `followers` are connections, each with the
    last frame that it had when it began to follow. `ended` is what its terminal frame says.
    """

    run_id: str
    kind: str
    user_id: str
    subject: str
    session_id: str
    request: Mapping[str, Any]
    created_at: datetime
    overdue_at: datetime
    status: Status = "queued"
    owner: str | None = None
    followers: Mapping[str, int] = field(default_factory=dict)
    ended: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        return self.status in {"queued", "running"}

    def followed_by(self, connection_id: str) -> "Run":
        """The run with a follower from its first frame on."""
        return replace(self, followers={**self.followers, connection_id: 0})

    def is_lost(self, now: datetime) -> bool:
        """Whether its worker has gone: the lease ran out."""
        return self.status == "running" and self.overdue_at <= now

    @property
    def expires_at(self) -> datetime:
        return self.created_at + LIFE


def queued_run(
    *,
    run_id: str,
    kind: str,
    user_id: str,
    subject: str,
    session_id: str,
    request: Mapping[str, Any],
    now: datetime,
) -> Run:
    """A new run that waits for a worker."""
    return Run(
        run_id=run_id,
        kind=kind,
        user_id=user_id,
        subject=subject,
        session_id=session_id,
        request=request,
        created_at=now,
        overdue_at=now + QUEUED,
    )


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a client gets for a run that was accepted."""

    run_id: str
    session_id: str

    @classmethod
    def of(cls, run: Run) -> Self:
        return cls(run.run_id, run.session_id)

    @property
    def message(self) -> dict[str, str]:
        return {"runId": self.run_id, "sessionId": self.session_id}


@dataclass(frozen=True, slots=True)
class Notice:
    """A piece of an answer that is no text: a frame of its own, of a type that its context has chosen."""

    type: str
    fields: Mapping[str, Any]

    def __post_init__(self) -> None:
        if self.type in {"delta", *OUTCOME}:
            raise ValueError("the type means something else to clients")


type Piece = str | Notice
"""Of an answer; a text is never empty."""


@dataclass(frozen=True, slots=True)
class Frame:
    """`type` is `delta`, that of a notice, or one of TERMINAL.

    `fields` are `text` of a delta, and of other frames whatever the context adds, such as `usage`.
    """

    run_id: str
    seq: int
    type: str
    fields: Mapping[str, Any]

    @property
    def is_terminal(self) -> bool:
        return self.type in OUTCOME

    @property
    def message(self) -> dict[str, Any]:
        """What a client gets."""
        return {"type": self.type, "runId": self.run_id, "seq": self.seq, **self.fields}


def text_of(frames: Sequence[Frame]) -> str:
    """What was said so far."""
    return "".join(str(frame.fields["text"]) for frame in frames if frame.type == "delta")


@dataclass(frozen=True, slots=True)
class Ending:
    """What a context adds to a run's end: `extra` to the terminal frame, `write` to its transaction."""

    extra: Mapping[str, Any]
    write: Write


class Ender(Protocol):
    """What a context keeps of its runs of one kind, whoever ends them."""

    def ending(self, run: Run, text: str, outcome: Outcome) -> Ending:
        """What to keep of the run. `text` is what was shown.

        Called by whoever ends the run, also where another process has made the pieces; again where one of its own
        writes was refused.
        """
        ...


class Answerer(Ender, Protocol):
    """A context's part in its runs of one kind."""

    def pieces(self, run: Run) -> Iterator[Piece]:
        """The answer as it is made. Raises AlmonerError; closing it stops the work."""
        ...


class Enders(Protocol):
    def of(self, kind: str) -> Ender:
        """Raises KeyError for a kind that is not registered."""
        ...


class Ended(Exception):
    """The run has ended, or has gone on, in the meantime; nothing was written."""


class RunLog(Protocol):
    """Where runs and their frames are kept."""

    def create(self, run: Run, also: Write) -> None:
        """Write the run and whatever `also` adds to the transaction. Raises WriteRefused for the latter."""
        ...

    def find(self, run_id: str, now: datetime) -> Run | None: ...

    def take(self, run_id: str, owner: str, now: datetime) -> Run | None:
        """Lease a queued run; None for any other."""
        ...

    def renew(self, run_id: str, owner: str, now: datetime) -> bool:
        """Whether the lease is still the owner's."""
        ...

    def requeue(self, run: Run, now: datetime) -> bool:
        """Record that a queued run is put on the queue again; False where it is not queued any more."""
        ...

    def append(self, frame: Frame, expires_at: datetime) -> bool:
        """Whether the frame was written: False where its number is taken."""
        ...

    def end(self, run: Run, frame: Frame, ending: Ending, *, only_overdue_at: datetime | None = None) -> None:
        """All of a run's end, in one transaction. Raises Ended; WriteRefused for the context's writes.

        With `only_overdue_at`, the run must still have been overdue at that time.
        """
        ...

    def frames(self, run_id: str, after: int, now: datetime) -> tuple[Frame, ...]:
        """What follows `after`, oldest first."""
        ...

    def follow(self, run_id: str, connection_id: str, after: int) -> bool:
        """Have the worker send what follows `after`; False where the run has ended."""
        ...

    def overdue(self, now: datetime, limit: int) -> tuple[Run, ...]: ...

    def forget(self, run_id: str) -> None:
        """Delete the run and its frames, if they are there. May be repeated."""
        ...


class RunQueue(Protocol):
    def put(self, run: Run) -> None:
        """Have a worker take the run. Raises Unavailable."""
        ...


class Sender(Protocol):
    def send(self, connection_id: str, message: Mapping[str, object]) -> bool:
        """False where the connection is gone. Raises Unavailable."""
        ...
