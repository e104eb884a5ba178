"""Time as a dependency: what waits, or counts seconds, is given a clock and can be tested without waiting."""

import time
from datetime import UTC, datetime
from threading import Condition
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The time of day, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds since some moment; never set back."""
        ...

    def sleep(self, seconds: float) -> None: ...

    def wait(self, condition: Condition, seconds: float) -> None:
        """Until the condition, which the caller holds, is notified; for so long at most. It may wake up early."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def wait(self, condition: Condition, seconds: float) -> None:
        condition.wait(seconds)
