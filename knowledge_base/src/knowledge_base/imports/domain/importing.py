"""Records the lines of a file, independently of each other, and reports the result of each."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import batched

from knowledge_base.customers.domain.recording import CustomerFacts, Fact
from shared.errors import Unavailable
from shared.resilience.deadline import Deadline
from shared.text.csv_file import WHOLE_LINE, ColumnError, Record

MAX_LINES = 5_000
"""What can be written within one request."""
_BATCH = 100


class Outcome(StrEnum):
    RECORDED = "recorded"
    FAILED = "failed"
    NOT_TRIED = "not-tried"


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """A valid line: what it says about a customer."""

    user_id: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class InvalidLine:
    """With all of its errors, and without an id where it names no customer."""

    user_id: str | None
    errors: tuple[ColumnError, ...]


@dataclass(frozen=True, slots=True)
class LineReport:
    """`column` of an error has the file's own name, or is `line`."""

    line: int
    user_id: str | None
    outcome: Outcome
    errors: tuple[ColumnError, ...] = ()


type Validate = Callable[[Record], CustomerLine | InvalidLine]

_ERASED = ColumnError("userId", "was erased, and nothing may be recorded of them any more")
_UNKNOWN_RESULT = ColumnError(
    WHOLE_LINE, "the database did not answer, so the line may or may not have been recorded: import it again"
)


def import_customers(
    records: Sequence[Record], validate: Validate, facts: CustomerFacts, deadline: Deadline, *, is_trial: bool = False
) -> tuple[LineReport, ...]:
    """Record what is valid, until the deadline; nothing of a trial. A file that comes again changes nothing."""
    lines = [(record, validate(record)) for record in records]
    valid = [(record, line) for record, line in lines if isinstance(line, CustomerLine)]
    reports = dict(_trial(valid) if is_trial else _recorded(valid, facts, deadline))
    return tuple(
        LineReport(record.line, line.user_id, Outcome.FAILED, line.errors)
        if isinstance(line, InvalidLine)
        else reports[record.line]
        for record, line in lines
    )


type _Valid = Sequence[tuple[Record, CustomerLine]]
type _Reports = Iterator[tuple[int, LineReport]]


def _trial(valid: _Valid) -> _Reports:
    for record, line in valid:
        yield record.line, LineReport(record.line, line.user_id, Outcome.RECORDED)


def _recorded(valid: _Valid, facts: CustomerFacts, deadline: Deadline) -> _Reports:
    for batch in batched(valid, _BATCH, strict=False):
        outcome, errors, living = Outcome.NOT_TRIED, tuple[ColumnError, ...](), frozenset[str]()
        if deadline.remaining_seconds:
            try:
                living = facts.record_all([fact for _, line in batch for fact in line.facts])
                outcome = Outcome.RECORDED
            except Unavailable:
                outcome, errors = Outcome.FAILED, (_UNKNOWN_RESULT,)
        for record, line in batch:
            if outcome is Outcome.RECORDED and line.user_id not in living:
                yield record.line, LineReport(record.line, line.user_id, Outcome.FAILED, (_ERASED,))
            else:
                yield record.line, LineReport(record.line, line.user_id, outcome, errors)
