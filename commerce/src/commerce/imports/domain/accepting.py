"""What becomes of a file that comes with a request: a report at once, or an import in the background."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from commerce.imports.domain.background import Import, State
from commerce.imports.domain.grouping import Group, in_order, only
from commerce.imports.domain.importing import Importer, OutOfTime, Provenance
from commerce.imports.domain.lines import MAX_LINES_AT_ONCE, LineValidator
from commerce.imports.domain.reporting import Report
from commerce.imports.domain.starting import ImportStarter
from shared.resilience.deadline import Deadline

_WORK_SECONDS = 15  # of the 25 of a request: the last writes get five more, and what is left goes to the background


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepting:
    """`read` groups the lines of a file of this content type, and raises AlmonerError if it is not usable."""

    importer: Importer
    starter: ImportStarter
    read: Callable[[bytes, str], Sequence[Group]]
    validate: LineValidator

    def accept(
        self, import_id: str, content: bytes, content_type: str, by: str, now: datetime, *, is_trial: bool
    ) -> Report | Import:
        """The report, of all lines; an import where they are too many, or take too long. Raises AlmonerError."""
        groups = self.read(content, content_type)
        records = in_order(groups)
        new = Import(
            import_id=import_id,
            created_by=by,
            created_at=now,
            is_trial=is_trial,
            content_type=content_type,
            state=State.WAITING,
        )
        if len(records) > MAX_LINES_AT_ONCE:
            return self.starter.start(new, content)
        provenance, deadline = Provenance(import_id, by, now), Deadline(_WORK_SECONDS)
        try:
            report = self.importer.run(records, self.validate, provenance, deadline, is_trial=is_trial)
        except OutOfTime:
            return self.starter.start(new, content)
        untried = report.untried
        if len(untried) == len(records) > 0:
            return self.starter.start(new, content)
        if untried:
            return self.starter.go_on(new, report.without(untried), only(groups, untried))
        return report
