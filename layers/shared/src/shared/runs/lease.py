"""A worker's hold on a run: for 30 s, renewed every 10."""

from typing import Self

from shared.errors import Unavailable
from shared.observability.logs import logger
from shared.resilience.clock import Clock
from shared.runs.run import Run, RunLog

_RENEW_SECONDS = 10.0
_RETRY_SECONDS = 1.0


class Overtaken(Exception):
    """The run was ended, or written to, by somebody else: its worker has nothing more to write."""


class Lease:
    """Of a run that is taken already; see `take`."""

    def __init__(self, run: Run, owner: str, log: RunLog, clock: Clock) -> None:
        self.run = run
        self._owner, self._log, self._clock = owner, log, clock
        self.renew_at = clock.monotonic() + _RENEW_SECONDS

    @classmethod
    def take(cls, run_id: str, owner: str, log: RunLog, clock: Clock) -> Self | None:
        """None for a run that is not there to be taken. Raises Unavailable."""
        run = log.take(run_id, owner, clock.now())
        return cls(run, owner, log, clock) if run else None

    def renew_if_due(self) -> None:
        """Raises Overtaken. While the log is out of reach nobody else can take the run: the next attempt is in 1 s."""
        if self._clock.monotonic() < self.renew_at:
            return
        try:
            is_held = self._log.renew(self.run.run_id, self._owner, self._clock.now())
        except Unavailable:
            logger.warning("lease not renewed yet", extra={"runId": self.run.run_id})
            self.renew_at = self._clock.monotonic() + _RETRY_SECONDS
            return
        if not is_held:
            raise Overtaken
        self.renew_at = self._clock.monotonic() + _RENEW_SECONDS
