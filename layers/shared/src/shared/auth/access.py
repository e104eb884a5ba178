"""Whether a token that is still valid may be used: not by users who were signed out everywhere, disabled or removed.

Each context keeps when a user's access ended, in a row of its own; whoever signed in before that is refused. The row is
read for every request, but no request waits for it before its own reads: only its effects and its answer do.
"""

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from datetime import datetime
from typing import Protocol

from shared.auth.callers import Caller
from shared.aws.effects import effects_after
from shared.errors import Unauthenticated


class AccessEnds(Protocol):
    def ended_at(self, user_id: str, now: datetime) -> datetime | None:
        """When the user's access ended last; None if it never did. Raises Unavailable."""
        ...

    def end(self, user_id: str, at: datetime) -> bool:
        """Refuse whoever signed in as this user before. The latest time counts, in whatever order they arrive.

        False if a later one is kept. Raises Unavailable.
        """
        ...


class Access:
    def __init__(self, ends: AccessEnds, threads: Executor) -> None:
        self._ends, self._threads = ends, threads

    def has_ended(self, caller: Caller, now: datetime) -> bool:
        """Whether the caller signed in before their access ended. One read. Raises Unavailable."""
        return _is_over(caller, self._ends.ended_at(caller.user_id, now))

    def require(self, caller: Caller, now: datetime) -> None:
        """Raises Unauthenticated if the caller's access has ended; Unavailable. One read."""
        if self.has_ended(caller, now):
            raise _refusal()

    @contextmanager
    def required(self, caller: Caller, now: datetime) -> Iterator[None]:
        """As `require`, but while the block reads: its effects wait for the answer, and so does whoever leaves it.

        Nothing that the block raises or returns goes before the refusal.
        """
        reading = self._threads.submit(self._ends.ended_at, caller.user_id, now)

        def decide() -> None:
            if _is_over(caller, reading.result()):
                raise _refusal()

        with effects_after(decide):
            try:
                yield
            finally:
                decide()


def _is_over(caller: Caller, ended_at: datetime | None) -> bool:
    return ended_at is not None and caller.signed_in_at <= ended_at


def _refusal() -> Unauthenticated:
    return Unauthenticated("You have been signed out: sign in again.")
