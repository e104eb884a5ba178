"""Imports that go on in the background: what is recorded of them, and where their files are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol

from commerce.imports.domain.reporting import LineReport, Outcome, Report
from shared.errors import FieldError, NotFound
from shared.s3.upload_form import UploadForm
from shared.text.csv_file import Record

PART = 500
"""Lines that are imported between one record of the progress and the next: what a crash has done again."""
MAX_UPLOAD_BYTES = 50 * 1024 * 1024
FORM_VALID = timedelta(minutes=15)
KEPT = timedelta(days=30)
"""How long an import and its report can be read."""


class State(StrEnum):
    """`waiting` for a file to be uploaded, `queued`, `running`; then `done`, or `failed` if the file is not usable."""

    WAITING = "waiting"
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Counts(NamedTuple):
    """Lines by what became of them."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    failed: int = 0

    @classmethod
    def of(cls, report: Report) -> "Counts":
        return cls(*(report.count(Outcome(name)) for name in cls._fields))

    def number(self, outcome: Outcome) -> int:
        return int(getattr(self, outcome.value))


@dataclass(frozen=True, slots=True)
class StoredFile:
    key: str
    version_id: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a file is not usable."""

    detail: str
    errors: tuple[FieldError, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """`lines` is how many its file has, in `part_count` parts, and `parts` what became of those that are done.

    `began_at` is when the next part was begun, however often it is.
    """

    import_id: str
    created_by: str
    created_at: datetime
    is_trial: bool
    content_type: str
    state: State
    file: StoredFile | None = None
    lines: int | None = None
    part_count: int = 0
    parts: tuple[Counts, ...] = ()
    began_at: datetime | None = None
    problem: Problem | None = None
    ended_at: datetime | None = None

    @property
    def counts(self) -> Counts:
        return Counts(*map(sum, zip(*self.parts, strict=True))) if self.parts else Counts()

    @property
    def is_through(self) -> bool:
        return len(self.parts) >= self.part_count

    @property
    def expires_at(self) -> datetime:
        return self.created_at + KEPT


class Imports(Protocol):
    """Every method raises Unavailable."""

    def add(self, new: Import) -> None: ...

    def find(self, import_id: str, now: datetime) -> Import | None: ...

    def advance(self, seen: Import, after: Import) -> bool:
        """Write what it is after a step. False if it is not any more, in state and parts, what was seen."""
        ...


class ImportFiles(Protocol):
    """Files, their parts as they were read, and the reports on these. Every method raises Unavailable."""

    def form(self, import_id: str, content_type: str, size_bytes: int) -> UploadForm: ...

    def uploaded(self, import_id: str) -> StoredFile | None: ...

    def store(self, import_id: str, content: bytes, content_type: str) -> StoredFile: ...

    def content(self, file: StoredFile) -> bytes:
        """Raises NotFound."""
        ...

    def put_part(self, import_id: str, part: int, records: Sequence[Record]) -> None: ...

    def part(self, import_id: str, part: int) -> list[Record]: ...

    def put_report(self, import_id: str, part: int, lines: Sequence[LineReport]) -> None: ...

    def report(self, import_id: str, part: int) -> tuple[LineReport, ...]: ...


class Queue(Protocol):
    def put(self, import_id: str) -> None:
        """Have it worked on. Raises Unavailable."""
        ...


def found(imports: Imports, import_id: str, now: datetime) -> Import:
    """Raises NotFound."""
    import_ = imports.find(import_id, now)
    if import_ is None:
        raise NotFound("There is no such import; imports are kept for 30 days.")
    return import_
