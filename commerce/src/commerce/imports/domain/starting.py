"""Starts imports in the background: of a file that came with a request, or is uploaded by a form."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from commerce.imports.domain.background import (
    FORM_VALID,
    PART,
    Counts,
    Import,
    ImportFiles,
    Imports,
    Queue,
    State,
)
from commerce.imports.domain.grouping import Group, in_parts
from commerce.imports.domain.reporting import Report
from shared.s3.upload_form import UploadForm


@dataclass(frozen=True, slots=True)
class WantedUpload:
    content_type: str
    size_bytes: int
    is_trial: bool


@dataclass(frozen=True, slots=True)
class OfferedFile:
    import_id: str
    upload: UploadForm
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportStarter:
    imports: Imports
    files: ImportFiles
    queue: Queue

    def start(self, new: Import, content: bytes) -> Import:
        """Queued. Raises Unavailable."""
        queued = replace(new, state=State.QUEUED, file=self.files.store(new.import_id, content, new.content_type))
        self.imports.add(queued)
        self.queue.put(new.import_id)
        return queued

    def go_on(self, begun: Import, done: Report, rest: Sequence[Group]) -> Import:
        """With `begun` in the background, of which so much is done: that is its first part. Raises Unavailable."""
        parts = list(in_parts(rest, PART))
        for number, part in enumerate(parts, start=1):
            self.files.put_part(begun.import_id, number, part)
        self.files.put_report(begun.import_id, 0, done.lines)
        running = replace(
            begun,
            state=State.RUNNING,
            lines=len(done.lines) + sum(map(len, parts)),
            part_count=1 + len(parts),
            parts=(Counts.of(done),),
            began_at=begun.created_at,
        )
        self.imports.add(running)
        self.queue.put(begun.import_id)
        return running

    def offer(self, import_id: str, wanted: WantedUpload, by: str, now: datetime) -> OfferedFile:
        """A form for one file, whose import starts when it is uploaded. Raises Unavailable."""
        waiting = Import(
            import_id=import_id,
            created_by=by,
            created_at=now,
            is_trial=wanted.is_trial,
            content_type=wanted.content_type,
            state=State.WAITING,
        )
        form = self.files.form(import_id, wanted.content_type, wanted.size_bytes)
        self.imports.add(waiting)
        return OfferedFile(import_id, form, now + FORM_VALID)

    def start_uploaded(self, import_id: str, now: datetime) -> State | None:
        """Its state; None of no import. The first file counts: the form can be posted again. Raises Unavailable."""
        waiting = self.imports.find(import_id, now)
        if waiting is None:
            return None
        if waiting.state is State.WAITING:
            file = self.files.uploaded(import_id)
            if file is None:
                return waiting.state
            self.imports.advance(waiting, replace(waiting, state=State.QUEUED, file=file))
        elif waiting.state is not State.QUEUED:
            return waiting.state
        self.queue.put(import_id)  # also where a first attempt did not come that far
        return State.QUEUED
