"""One run at a time over the index: of two rebuilds, each would delete what the other has filled.

A lock row says who is running, and until when at the latest. Nobody renews it: it is kept longer than a function can
run, so whoever finds it expired knows that its holder is dead.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Protocol

from shared.errors import PublicError, Unavailable

KEPT = timedelta(minutes=16)
"""Longer than the time limit of the function that holds the lock."""


class AlreadyRunning(PublicError):
    """Somebody else holds the lock. A run that crashed holds it until it expires."""

    def __init__(self, until: datetime) -> None:
        super().__init__(
            f"Another run has not ended. If it has crashed, the next one may start at {until:%H:%M:%S} UTC."
        )
        self.until = until


class RunLock(Protocol):
    """Every method raises Unavailable."""

    def take(self, holder: str, now: datetime) -> None:
        """Hold it until KEPT from now. Raises AlreadyRunning."""
        ...

    def release(self, holder: str) -> None:
        """Leaves the lock of another holder alone."""
        ...


@contextmanager
def alone(lock: RunLock, holder: str, now: datetime) -> Iterator[None]:
    """Hold the lock while the block runs. `holder` is different for every run. Raises AlreadyRunning; Unavailable."""
    lock.take(holder, now)
    try:
        yield
    finally:
        with suppress(Unavailable):  # then it expires
            lock.release(holder)
