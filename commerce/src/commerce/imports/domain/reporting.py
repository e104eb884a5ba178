"""The result of an import, line by line."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from shared.text.csv_file import WHOLE_LINE, ColumnError

MAX_REPORTED_ERRORS = 20_000
"""A report has to fit into a Lambda response, 6 MB."""

_NO_ROOM = ColumnError(
    WHOLE_LINE, "is not valid either, but the report is full: fix the lines above and import the file again"
)


class Outcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    NOT_TRIED = "not-tried"


@dataclass(frozen=True, slots=True)
class LineReport:
    """Without a product id if the line does not identify a product. `notes`: what was not taken over, and why."""

    line: int
    product_id: str | None
    outcome: Outcome
    errors: tuple[ColumnError, ...] = ()
    notes: tuple[ColumnError, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """All lines of the file, in order."""

    lines: tuple[LineReport, ...]

    def count(self, outcome: Outcome) -> int:
        return sum(line.outcome is outcome for line in self.lines)

    @property
    def untried(self) -> frozenset[int]:
        """The lines for which there was no time."""
        return frozenset(line.line for line in self.lines if line.outcome is Outcome.NOT_TRIED)

    def without(self, lines: Collection[int]) -> "Report":
        return Report(tuple(line for line in self.lines if line.line not in lines))


def report_of(lines: Iterable[LineReport]) -> Report:
    """With all errors while there is room; after that, only with the fact that a line is invalid."""
    return Report(tuple(_within_room(lines)))


def _within_room(lines: Iterable[LineReport]) -> Iterator[LineReport]:
    room = MAX_REPORTED_ERRORS
    for line in lines:
        room -= len(line.errors)
        yield line if room >= 0 or not line.errors else replace(line, errors=(_NO_ROOM,))
