"""Works on an import in the background: reads its file, then imports it part by part.

Each step is recorded by a write on the condition of the one before, after what it does. So whoever is interrupted, or
comes twice, does at most one step again; and a step that is done again changes nothing, and reports the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from commerce.imports.domain.background import (
    PART,
    Counts,
    Import,
    ImportFiles,
    Imports,
    Problem,
    Queue,
    State,
)
from commerce.imports.domain.grouping import Group, in_parts
from commerce.imports.domain.importing import Importer, Provenance
from commerce.imports.domain.lines import LineValidator
from shared.errors import AlmonerError, Invalid, Malformed, TryLater
from shared.resilience.deadline import Deadline

_PART_SECONDS = 20
"""A part is begun only if there is so much time for it, and usually takes a tenth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportWorker:
    """`read` groups the lines of a file of this content type, and raises AlmonerError if it is not usable."""

    imports: Imports
    files: ImportFiles
    queue: Queue
    importer: Importer
    read: Callable[[bytes, str], Sequence[Group]]
    validate: LineValidator
    clock: Callable[[], datetime]

    def work(self, import_id: str, deadline: Deadline) -> State | None:
        """Go on with an import, and have it gone on with if there is no time left. Its state then; None of no import.

        Raises Unavailable: do it again.
        """
        current = self.imports.find(import_id, self.clock())
        while current and current.state in {State.QUEUED, State.RUNNING}:
            if deadline.remaining_seconds < _PART_SECONDS:
                self.queue.put(import_id)
                return current.state
            after = self._read(current) if current.state is State.QUEUED else self._imported(current, deadline)
            if after and not self.imports.advance(current, after):
                after = None  # somebody else has done the step
            current = after or self.imports.find(import_id, self.clock())
        return current.state if current else None

    def _read(self, queued: Import) -> Import:
        """With its file in parts, or failed."""
        if queued.file is None:
            raise ValueError("a queued import has a file")
        try:
            groups = self.read(self.files.content(queued.file), queued.content_type)
        except TryLater:
            raise
        except AlmonerError as error:
            errors = error.errors if isinstance(error, Invalid | Malformed) else ()
            problem = Problem(error.detail, tuple(errors))
            return replace(queued, state=State.FAILED, problem=problem, ended_at=self.clock())
        parts = list(in_parts(groups, PART))
        for number, part in enumerate(parts):
            self.files.put_part(queued.import_id, number, part)
        lines = sum(map(len, parts))
        return self._begun(replace(queued, state=State.RUNNING, lines=lines, part_count=len(parts)))

    def _imported(self, running: Import, deadline: Deadline) -> Import | None:
        """With its next part done; None if there was no time for the whole of it."""
        if running.began_at is None:
            raise ValueError("a running import has begun its next part")
        part = len(running.parts)
        records = self.files.part(running.import_id, part)
        provenance = Provenance(running.import_id, running.created_by, running.began_at, may_be_repeated=True)
        report = self.importer.run(records, self.validate, provenance, deadline, is_trial=running.is_trial)
        if report.untried:
            return None
        self.files.put_report(running.import_id, part, report.lines)
        return self._begun(replace(running, parts=(*running.parts, Counts.of(report))))

    def _begun(self, running: Import) -> Import:
        """With its next part begun, or done if there is none."""
        now = self.clock()
        if running.is_through:
            return replace(running, state=State.DONE, began_at=None, ended_at=now)
        return replace(running, began_at=now)
