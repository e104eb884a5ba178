"""How long a piece of work may still take."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

REQUEST_SECONDS = 25
"""Of work for a request: API Gateway ends it at 29 s, whatever is still done for it then."""


class Deadline:
    """Counts down from the moment it is made."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = clock() + seconds

    @property
    def remaining_seconds(self) -> float:
        """Never negative."""
        return max(0.0, self._end - self._clock())


_here: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


@contextmanager
def ends_by(deadline: Deadline) -> Iterator[None]:
    """What is called within the block, in this thread, waits no longer than until then."""
    before = _here.set(deadline)
    try:
        yield
    finally:
        _here.reset(before)


def time_for(seconds: float) -> float:
    """So many seconds, or what is left of them before the deadline of this thread's work: perhaps none."""
    deadline = _here.get()
    return seconds if deadline is None else min(seconds, deadline.remaining_seconds)
