"""Accepts what a run is asked for, once, however often the request arrives."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from shared.idempotency.claims import Claim, FirstAnswer, FirstAnswers, once
from shared.idempotency.first_answers import translated_refusals
from shared.persistence.unit_of_work import UnitOfWork
from shared.runs.run import Queue, Run, RunLog, start


class Records(FirstAnswers, Protocol):
    def record(self, answer: FirstAnswer, unit_of_work: UnitOfWork) -> None:
        """Have the transaction write the record; `translated_refusals` tells where another holds it."""
        ...


def accepted(run: Run) -> dict[str, str]:
    """What a client is told of a run that was accepted."""
    return {"runId": run.run_id, "sessionId": run.session_id}


def start_once(
    run: Run,
    claim: Claim | None,
    log: RunLog,
    queue: Queue,
    records: Records,
    now: datetime,
    announce: Callable[[], object] = lambda: None,
) -> dict[str, Any]:
    """Start the run, or tell of the one that was started first under the claim.

    The claim's record joins the run's transaction. Raises Invalid where the claim was made for another request;
    KeyInUse; Unavailable.
    """

    def write(unit_of_work: UnitOfWork) -> None:
        if claim:
            records.record(claim.answered(accepted(run), now), unit_of_work)

    def effect() -> dict[str, str]:
        with translated_refusals():
            start(run, log, queue, write, announce)
        return accepted(run)

    answer = once(claim, records, now, effect)
    assert isinstance(answer, dict)  # noqa: S101  it is what `accepted` made
    return answer
