"""How long a piece of work may still take."""

import time
from collections.abc import Callable


class Deadline:
    """Counts down from the moment it is made."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = clock() + seconds

    @property
    def remaining_seconds(self) -> float:
        """Never negative."""
        return max(0.0, self._end - self._clock())
