"""Stops calling a dependency that keeps failing, and tries it again after a while."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from shared.errors import Unavailable


class CircuitBreaker:
    """Closed, calls pass. After `failures` in a row it opens: calls are refused at once for `open_seconds`.

    Then one call is let through as a trial: its success closes the breaker, its failure opens it again. A breaker lives
    as long as its warm function and is shared by its threads.
    """

    def __init__(self, failures: int, open_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._open_seconds, self._clock = failures, open_seconds, clock
        self._failed_in_a_row = 0
        self._open_until: float | None = None
        self._lock = threading.Lock()

    @contextmanager
    def guard(self, counts: tuple[type[Exception], ...]) -> Iterator[None]:
        """Run one call; exceptions of the types `counts` are failures. Raises Unavailable while open."""
        self._admit()
        try:
            yield
        except counts:
            self._fail()
            raise
        except BaseException:
            self._succeed()  # it answered, if only to say no
            raise
        self._succeed()

    def _admit(self) -> None:
        with self._lock:
            if self._open_until is None:
                return
            wait = self._open_until - self._clock()
            if wait > 0:
                raise Unavailable("A service that we depend on is failing; try again later.", max(1, round(wait)))
            self._open_until = self._clock() + self._open_seconds  # this call is the trial; others keep waiting

    def _fail(self) -> None:
        with self._lock:
            self._failed_in_a_row += 1
            if self._failed_in_a_row >= self._limit:
                self._open_until = self._clock() + self._open_seconds

    def _succeed(self) -> None:
        with self._lock:
            self._failed_in_a_row = 0
            self._open_until = None
