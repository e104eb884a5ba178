"""Pages of the report on an import in the background."""

from dataclasses import dataclass
from enum import StrEnum

from commerce.imports.domain.background import Import, ImportFiles
from commerce.imports.domain.reporting import LineReport, Outcome


class Listed(StrEnum):
    """The lines that somebody wants to see."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ReportPage:
    """`after` is the part that the next page is of; None after the last one that has such lines by now."""

    lines: tuple[LineReport, ...]
    after: int | None


def report_page(import_: Import, files: ImportFiles, listed: Listed | None, part: int) -> ReportPage:
    """The lines of this part, or of the first one after it that has such lines. One read. Raises Unavailable."""
    outcome = Outcome(listed.value) if listed else None
    following = [
        number
        for number, counts in enumerate(import_.parts)
        if number >= part and (outcome is None or counts.number(outcome))
    ]
    if not following:
        return ReportPage((), None)
    lines = files.report(import_.import_id, following[0])
    wanted = tuple(line for line in lines if outcome in {None, line.outcome})
    return ReportPage(wanted, following[1] if len(following) > 1 else None)
