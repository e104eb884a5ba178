"""Starts runs: kept, announced, queued, in this order."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from shared.errors import Unavailable
from shared.idempotency.claims import Claim, FirstAnswer, FirstAnswers, once, translated_refusals
from shared.observability.logs import logger
from shared.persistence.unit_of_work import UnitOfWork, Write
from shared.runs.run import Accepted, Run, RunLog, RunQueue


class Records(FirstAnswers, Protocol):
    def record(self, answer: FirstAnswer | None, unit_of_work: UnitOfWork) -> None:
        """Add the record to the writes; `translated_refusals` tells where another request holds it."""
        ...


class RunStarter:
    def __init__(self, log: RunLog, queue: RunQueue) -> None:
        self._log, self._queue = log, queue

    def start(
        self, run: Run, *, also: Write = lambda _: None, announce: Callable[[], object] = lambda: None
    ) -> Accepted:
        """Keep a run, announce it, and only then queue it: no frame comes before the announcement.

        Raises WriteRefused where something that `also` writes was refused. Once the run is kept, it will be worked on:
        neither an announcement that cannot be sent nor a queue that is out of reach is a failure, as an overdue run is
        queued again.
        """
        self._log.create(run, also)
        try:
            announce()
        except Unavailable:
            logger.warning("run not announced", extra={"runId": run.run_id, "kind": run.kind})
        try:
            self._queue.put(run)
        except Unavailable:
            logger.warning("run not queued yet", extra={"runId": run.run_id, "kind": run.kind})
        return Accepted.of(run)

    def start_once(
        self,
        run: Run,
        claim: Claim | None,
        *,
        records: Records,
        now: datetime,
        also: Write = lambda _: None,
        announce: Callable[[], object] = lambda: None,
    ) -> Accepted:
        """Start the run, unless one was started under the same claim before: the run that was accepted first.

        The claim's record, and whatever `also` adds, is written in the run's transaction. Raises Invalid where the
        claim was made for another request; KeyInUse; WriteRefused for what `also` adds; Unavailable.
        """

        def everything(unit_of_work: UnitOfWork) -> None:
            records.record(claim.answered(Accepted.of(run), now) if claim else None, unit_of_work)
            also(unit_of_work)

        def effect() -> Accepted:
            with translated_refusals():
                return self.start(run, also=everything, announce=announce)

        return accepted_once(claim, records, now, effect)


def accepted_once(claim: Claim | None, records: FirstAnswers, now: datetime, start: Callable[[], Accepted]) -> Accepted:
    """What `start` returns, or the run that was accepted first under the claim. Raises what `once` does."""
    answer = once(claim, records, now, start)
    if isinstance(answer, Mapping):  # the record of the first request
        return Accepted(answer["runId"], answer["sessionId"])
    assert isinstance(answer, Accepted)  # noqa: S101  `start` returned it
    return answer
