"""What became of a file, line by line."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from commerce.imports.domain.lines import WHOLE_LINE, ColumnError

MAX_REPORTED_ERRORS = 20_000
"""A report has to fit into an answer of Lambda's, of 6 MB."""

_NO_ROOM = ColumnError(WHOLE_LINE, "is wrong too, and there is no room to say how: mend the lines above, import again")


class Outcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    NOT_TRIED = "not-tried"


@dataclass(frozen=True, slots=True)
class LineReport:
    """`product_id` is None where the line names no product that there could be."""

    line: int
    product_id: str | None
    outcome: Outcome
    errors: tuple[ColumnError, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """Every line of the file, in its order."""

    lines: tuple[LineReport, ...]

    def count(self, outcome: Outcome) -> int:
        return sum(line.outcome is outcome for line in self.lines)


def report_of(lines: Iterable[LineReport]) -> Report:
    """Tells every error while there is room; of the lines behind that, that they are wrong."""
    return Report(tuple(_within_room(lines)))


def _within_room(lines: Iterable[LineReport]) -> Iterator[LineReport]:
    room = MAX_REPORTED_ERRORS
    for line in lines:
        room -= len(line.errors)
        yield line if room >= 0 or not line.errors else replace(line, errors=(_NO_ROOM,))
