"""What admins receive after an import."""

from dataclasses import dataclass

from commerce.imports.domain.reporting import LineReport, Outcome, Report


@dataclass(frozen=True, slots=True)
class ImportAnswer:
    """`lines` in the order of the file. If some were not tried for lack of time, send the file again."""

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
