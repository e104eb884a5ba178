"""Looks after runs that are overdue: queues again what no worker has taken, ends what no worker works on any more."""

from shared.errors import AlmonerError
from shared.observability.logs import logger, without_message
from shared.resilience.clock import Clock, SystemClock
from shared.runs.run import MAX_QUEUED, Run, RunLog, RunQueue
from shared.runs.service import RunService


class RunSupervisor:
    def __init__(self, *, runs: RunService, log: RunLog, queue: RunQueue, clock: Clock | None = None) -> None:
        self._runs, self._log, self._queue, self._clock = runs, log, queue, clock or SystemClock()

    def look_after_overdue(self, limit: int = 100) -> int:
        """How many runs were overdue. Repeated and overlapping rounds change nothing."""
        overdue = self._log.overdue(self._clock.now(), limit)
        for run in overdue:
            try:
                self._look_after(run)
            except AlmonerError as error:  # one run does not hold up the others; the next round tries again
                logger.warning("run not looked after", extra={"runId": run.run_id} | without_message(error))
            except Exception as error:  # noqa: BLE001  nor does one that cannot be ended at all
                logger.error("run cannot be looked after", extra={"runId": run.run_id} | without_message(error))
        return len(overdue)

    def _look_after(self, run: Run) -> None:
        now = self._clock.now()
        if run.status == "running":
            self._runs.fail_if_lost(run)
        elif now - run.created_at >= MAX_QUEUED:
            self._runs.fail_untaken(run)
        elif self._log.requeue(run, now):
            self._queue.put(run)
