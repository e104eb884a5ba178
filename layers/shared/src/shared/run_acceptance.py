"""Accepts what a run is asked for, once, however often the request arrives."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from shared.first_answers import RECORD
from shared.idempotency import Claim, FirstAnswer, FirstAnswers, KeyInUse, once
from shared.runs import Queue, Run, RunLog, start
from shared.transactions import Cancelled, StillConflicting, Transaction


class Records(FirstAnswers, Protocol):
    def record(self, answer: FirstAnswer, transaction: Transaction) -> None:
        """Have the transaction write the record, called RECORD there."""
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
    also: Callable[[Transaction], None] = lambda _: None,
    announce: Callable[[], object] = lambda: None,
) -> dict[str, Any]:
    """Start the run, or tell of the one that was started first under the claim.

    `also` adds to the transaction, such as what the run may cost; the claim's record joins it. Raises Cancelled where
    something of `also` was refused; Invalid where the claim was made for another request; KeyInUse; Unavailable.
    """

    def write(transaction: Transaction) -> None:
        also(transaction)
        if claim:
            records.record(claim.answered(accepted(run), now), transaction)

    def effect() -> dict[str, str]:
        try:
            start(run, log, queue, write, announce)
        except Cancelled as cancelled:
            # Of several refusals not all are told: a first request may have used up what this one asks for.
            if RECORD in cancelled.refused or (claim and records.find(claim.record_id, now)):
                raise KeyInUse from cancelled
            raise
        except StillConflicting as conflict:
            if RECORD in conflict.conflicting:
                raise KeyInUse from conflict
            raise
        return accepted(run)

    answer = once(claim, records, now, effect)
    assert isinstance(answer, dict)  # noqa: S101  it is what `accepted` made
    return answer
