"""Stops calling a dependency that keeps failing, and tries it again after a while."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from shared.errors import Unavailable


class CircuitBreaker:
    """Closed, calls pass. After `failures` in a row it opens: calls are refused at once for `open_seconds`.

    Then one call is let through as a trial: its success closes the breaker, its failure opens it again. A breaker lives
    as long as its warm function and is shared by its threads. `note` hears once that it has opened (True) or closed.
    """

    def __init__(
        self,
        failures: int,
        open_seconds: float,
        clock: Callable[[], float] = time.monotonic,
        note: Callable[[bool], object] = bool,
    ) -> None:
        self._limit, self._open_seconds, self._clock, self._note = failures, open_seconds, clock, note
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
            was_closed, opens = self._open_until is None, self._failed_in_a_row >= self._limit
            if opens:
                self._open_until = self._clock() + self._open_seconds
        if opens and was_closed:
            self._note(True)

    def _succeed(self) -> None:
        with self._lock:
            was_open, self._open_until = self._open_until is not None, None
            self._failed_in_a_row = 0
        if was_open:
            self._note(False)
