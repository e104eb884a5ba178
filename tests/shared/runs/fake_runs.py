"""A run log in memory with the real one's promises, and the parts around it."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.dynamodb.transactions import Transaction
from shared.errors import Unavailable
from shared.persistence.unit_of_work import UnitOfWork
from shared.runs.answerers import Answerers
from shared.runs.run import LEASE, QUEUED, Answerer, Ended, Ending, Frame, Outcome, Piece, Run, queued_run
from tests.shared.auth.fake_ends import effect

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def a_run(run_id: str = "run-1", kind: str = "agent", now: datetime = NOW) -> Run:
    return queued_run(
        run_id=run_id, kind=kind, user_id="ada", subject="ada", session_id="s1", request={"input": "Hello"}, now=now
    )


class FakeLog:
    """Keeps runs and frames under one lock, as DynamoDB's conditional writes do."""

    def __init__(self) -> None:
        self.runs: dict[str, Run] = {}
        self.logs: dict[str, list[Frame]] = {}
        self._lock = threading.RLock()
        self.before_append: Callable[[Frame], None] = lambda _: None

    def create(self, run: Run, also: Callable[[UnitOfWork], None]) -> None:
        also(Transaction())
        with self._lock:
            self.runs[run.run_id] = run
            self.logs[run.run_id] = []

    def find(self, run_id: str, now: datetime) -> Run | None:
        with self._lock:
            run = self.runs.get(run_id)
        return run if run and run.expires_at > now else None

    def take(self, run_id: str, owner: str, now: datetime) -> Run | None:
        with self._lock:
            run = self.runs.get(run_id)
            if run is None or run.status != "queued":
                return None
            self.runs[run_id] = replace(run, status="running", owner=owner, overdue_at=now + LEASE)
            return self.runs[run_id]

    def renew(self, run_id: str, owner: str, now: datetime) -> bool:
        with self._lock:
            run = self.runs.get(run_id)
            if run is None or run.status != "running" or run.owner != owner:
                return False
            self.runs[run_id] = replace(run, overdue_at=now + LEASE)
            return True

    def requeue(self, run: Run, now: datetime) -> bool:
        with self._lock:
            if self.runs[run.run_id].status != "queued":
                return False
            self.runs[run.run_id] = replace(self.runs[run.run_id], overdue_at=now + QUEUED)
            return True

    def append(self, frame: Frame, expires_at: datetime) -> bool:  # noqa: ARG002  kept for ever
        self.before_append(frame)
        with self._lock:
            frames = self.logs.setdefault(frame.run_id, [])
            if len(frames) >= frame.seq:
                return False
            assert len(frames) == frame.seq - 1 or frame.run_id not in self.runs, "a gap"
            frames.append(frame)
            return True

    def end(self, run: Run, frame: Frame, ending: Ending, *, only_overdue_at: datetime | None = None) -> None:
        with self._lock:
            current = self.runs.get(run.run_id)
            if current is None:
                raise Ended
            overdue = only_overdue_at is None or current.overdue_at <= only_overdue_at
            if not current.is_open or not overdue or len(self.logs[run.run_id]) != frame.seq - 1:
                raise Ended
            ending.write(Transaction())
            self.logs[run.run_id].append(frame)
            status: Outcome = {"done": "done", "stopped": "stopped", "error": "failed"}[frame.type]  # type: ignore[assignment]
            self.runs[run.run_id] = replace(current, status=status, ended=frame.fields)

    def frames(self, run_id: str, after: int, now: datetime) -> tuple[Frame, ...]:  # noqa: ARG002  kept for ever
        with self._lock:
            return tuple(self.logs.get(run_id, ())[after:])

    def follow(self, run_id: str, connection_id: str, after: int) -> bool:
        with self._lock:
            run = self.runs.get(run_id)
            if run is None or not run.is_open:
                return False
            self.runs[run_id] = replace(run, followers={**run.followers, connection_id: after})
            return True

    def overdue(self, now: datetime, limit: int) -> tuple[Run, ...]:
        with self._lock:
            return tuple(run for run in self.runs.values() if run.is_open and run.overdue_at <= now)[:limit]

    def forget(self, run_id: str) -> None:
        with self._lock:
            self.runs.pop(run_id, None)
            self.logs.pop(run_id, None)


@dataclass
class FakeAnswerer:
    """Says its pieces; an exception among them is raised in its place, a callable is called."""

    script: Iterable[Piece | BaseException | Callable[[], object]] = ()
    endings: list[tuple[str, Outcome]] = field(default_factory=list)
    writes: Callable[[UnitOfWork], None] = lambda _: None
    closed: bool = False

    def pieces(self, run: Run) -> Iterator[Piece]:  # noqa: ARG002  every run gets the same
        try:
            for step in self.script:
                if isinstance(step, BaseException):
                    raise step
                if callable(step):
                    step()
                    continue
                yield step
        finally:
            self.closed = True

    def ending(self, run: Run, text: str, outcome: Outcome) -> Ending:  # noqa: ARG002
        self.endings.append((text, outcome))
        return Ending({"usage": {"outputTokens": len(text)}}, self.writes)


class FakeSender:
    """Collects what every connection gets."""

    def __init__(self) -> None:
        self.sent: dict[str, list[dict[str, Any]]] = {}
        self.gone: set[str] = set()
        self.refusals = 0

    def send(self, connection_id: str, message: Mapping[str, object]) -> bool:
        if connection_id in self.gone:
            return False
        if self.refusals:
            self.refusals -= 1
            raise Unavailable("The gateway is busy.")
        effect()
        self.sent.setdefault(connection_id, []).append(dict(message))
        return True

    def text(self, connection_id: str) -> str:
        return "".join(message.get("text", "") for message in self.sent.get(connection_id, []))

    def seqs(self, connection_id: str) -> list[int]:
        return [message["seq"] for message in self.sent.get(connection_id, [])]


@dataclass
class FakeQueue:
    put_runs: list[str] = field(default_factory=list)
    broken: bool = False

    def put(self, run: Run) -> None:
        if self.broken:
            raise Unavailable("The queue is out of reach.")
        effect()
        self.put_runs.append(run.run_id)


class FakeClock:
    """A Clock whose time passes only when somebody sleeps, or advances it."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds

    def wait(self, condition: threading.Condition, seconds: float) -> None:
        """Only for a moment: meanwhile, other threads may have advanced the clock."""
        condition.wait(min(seconds, 0.001))

    def advance(self, seconds: float) -> None:
        self.seconds += seconds


def answered_by(answerer: Answerer, kind: str = "agent") -> Answerers:
    """One kind of runs, and its Answerer."""
    return Answerers({kind: lambda: answerer})
