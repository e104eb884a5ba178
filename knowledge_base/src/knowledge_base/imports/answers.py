"""What admins receive after an import."""

from dataclasses import dataclass

from knowledge_base.imports.domain.importing import LineReport, Outcome


@dataclass(frozen=True, slots=True)
class CustomerImportAnswer:
    """`lines` in the order of the file. If some were not tried for lack of time, send the file again."""

    recorded: int
    failed: int
    not_tried: int
    lines: tuple[LineReport, ...]


def import_answer(lines: tuple[LineReport, ...]) -> CustomerImportAnswer:
    outcomes = [line.outcome for line in lines]
    return CustomerImportAnswer(
        recorded=outcomes.count(Outcome.RECORDED),
        failed=outcomes.count(Outcome.FAILED),
        not_tried=outcomes.count(Outcome.NOT_TRIED),
        lines=lines,
    )
