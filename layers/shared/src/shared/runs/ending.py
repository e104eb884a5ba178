"""How a run ends, whoever ends it: its worker, somebody who stops it, or whoever finds that its worker is gone."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.errors import INTERNAL_ERROR, AlmonerError, Unavailable
from shared.observability.logs import logger
from shared.observability.metrics import ENDED_RUNS
from shared.persistence.unit_of_work import WriteRefused
from shared.resilience.backoff import Backoff
from shared.resilience.clock import Clock
from shared.runs.run import TERMINAL, Ended, Enders, Frame, Outcome, Run, RunLog, text_of

_ATTEMPTS = 10


def problem_of(error: AlmonerError | None) -> Mapping[str, Any]:
    """What an error frame says; of None, that it is our fault."""
    detail = error.detail if error else INTERNAL_ERROR
    return {"title": "The answer could not be finished.", "detail": detail}


class RunEnder:
    def __init__(self, log: RunLog, enders: Enders, clock: Clock) -> None:
        self._log, self._enders, self._clock = log, enders, clock

    def end(
        self,
        run: Run,
        outcome: Outcome,
        said: Sequence[Frame],
        *,
        problem: Mapping[str, Any] | None = None,
        only_overdue_at: datetime | None = None,
    ) -> Frame:
        """Append the terminal frame to the frames before it. Raises Ended where its number is taken; Unavailable."""
        ender, text = self._enders.of(run.kind), text_of(said)
        backoff = Backoff(0.01, 0.5, self._clock.sleep)
        for _ in range(_ATTEMPTS):
            ending = ender.ending(run, text, outcome)
            frame = Frame(run.run_id, len(said) + 1, TERMINAL[outcome], {**(problem or {}), **ending.extra})
            try:
                self._log.end(run, frame, ending, only_overdue_at=only_overdue_at)
            except WriteRefused:  # what the context's writes were based on has changed: base them on what is there now
                backoff.pause()
                continue
            ended = ENDED_RUNS.line(run.kind, failures=int(outcome == "failed"), stops=int(outcome == "stopped"))
            logger.info("run ended", extra={"runId": run.run_id, "outcome": outcome, **ended})
            return frame
        raise Unavailable("The run's end could not be saved; try again.", retry_after_seconds=2)

    def end_from_outside(
        self,
        run: Run,
        outcome: Outcome,
        *,
        problem: Mapping[str, Any] | None = None,
        only_overdue_at: datetime | None = None,
    ) -> Frame:
        """End a run that a worker may be busy with, after what it has said by now. The last frame, whoever wrote it.

        Raises Ended where the run is not overdue after all, with `only_overdue_at`; Unavailable.
        """
        for _ in range(_ATTEMPTS):
            said = self._log.frames(run.run_id, 0, self._clock.now())
            if said and said[-1].is_terminal:
                return said[-1]
            try:
                return self.end(run, outcome, said, problem=problem, only_overdue_at=only_overdue_at)
            except Ended:
                if only_overdue_at and not self._is_overdue(run, only_overdue_at):
                    raise
        raise Unavailable("The run could not be ended; try again.", retry_after_seconds=1)

    def _is_overdue(self, run: Run, at: datetime) -> bool:
        current = self._log.find(run.run_id, self._clock.now())
        return current is not None and current.overdue_at <= at
