"""Waits between attempts: exponential, and jittered so that rivals do not collide again."""

import random
import time
from collections.abc import Callable


class Backoff:
    """Waits between 0 and `first_seconds` at first, up to twice as long each time, never more than `max_seconds`."""

    def __init__(
        self,
        first_seconds: float,
        max_seconds: float = float("inf"),
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._longest_seconds, self._max_seconds = first_seconds, max_seconds
        self._sleep, self._jitter = sleep, jitter

    def pause(self) -> None:
        self._sleep(self.next_seconds())

    def next_seconds(self) -> float:
        """How long the next wait is, for callers that first check whether there is time for it."""
        seconds = self._jitter(0, self._longest_seconds)
        self._longest_seconds = min(2 * self._longest_seconds, self._max_seconds)
        return seconds
