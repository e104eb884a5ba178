"""What becomes of a file that comes with a request: a report at once, or an import in the background."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from commerce.imports.domain.background import Import
from commerce.imports.domain.grouping import Group, in_order
from commerce.imports.domain.importing import Importer, Provenance
from commerce.imports.domain.lines import MAX_LINES_AT_ONCE, LineValidator
from commerce.imports.domain.reporting import Report
from commerce.imports.domain.starting import ImportStarter
from shared.resilience.deadline import Deadline

_WORK_SECONDS = 20  # of the 29 that the gateway waits: the last writes get a few more


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
        """Raises AlmonerError."""
        records = in_order(self.read(content, content_type))
        if len(records) > MAX_LINES_AT_ONCE:
            return self.starter.start(import_id, content, content_type, by, now, is_trial=is_trial)
        provenance, deadline = Provenance(import_id, by, now), Deadline(_WORK_SECONDS)
        return self.importer.run(records, self.validate, provenance, deadline, is_trial=is_trial)
