"""What admins receive for a file of products."""

from dataclasses import dataclass

from commerce.imports.domain.reporting import LineReport, Outcome, Report


@dataclass(frozen=True, slots=True)
class ImportAnswer:
    """`lines` are the file's, in its order. Those not tried had no time left: the same file sent again goes on."""

    created: int
    updated: int
    unchanged: int
    failed: int
    not_tried: int
    lines: tuple[LineReport, ...]


def import_answer(report: Report) -> ImportAnswer:
    return ImportAnswer(
        created=report.count(Outcome.CREATED),
        updated=report.count(Outcome.UPDATED),
        unchanged=report.count(Outcome.UNCHANGED),
        failed=report.count(Outcome.FAILED),
        not_tried=report.count(Outcome.NOT_TRIED),
        lines=report.lines,
    )
