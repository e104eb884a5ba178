"""The lock of the index's runs, in memory."""

from datetime import datetime

from commerce.search.domain.single_run import KEPT, AlreadyRunning


class FakeRunLock:
    def __init__(self) -> None:
        self.held: tuple[str, datetime] | None = None

    def take(self, holder: str, now: datetime) -> None:
        if self.held and self.held[0] != holder and self.held[1] > now:
            raise AlreadyRunning(self.held[1])
        self.held = holder, (now + KEPT).replace(microsecond=0)

    def release(self, holder: str) -> None:
        if self.held and self.held[0] == holder:
            self.held = None
