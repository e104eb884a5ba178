"""Imports in the background, in memory: what is recorded of them, their files and their queue."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from commerce.catalogue.domain.products import Product
from commerce.imports.domain.accepting import Accepting
from commerce.imports.domain.background import Import, State, StoredFile
from commerce.imports.domain.grouping import Group
from commerce.imports.domain.importing import Importer
from commerce.imports.domain.reporting import LineReport
from commerce.imports.domain.starting import ImportStarter
from commerce.imports.domain.working import ImportWorker
from commerce.imports.requests import line_validator, read_file
from commerce.stock.domain.recounting import Recounts
from shared.errors import NotFound
from shared.s3.upload_form import UploadForm
from shared.text.csv_file import Record
from tests.commerce.catalogue.fakes import FakeProducts
from tests.commerce.examples import NOW
from tests.commerce.stock.fakes import FakeStockLedger
from tests.shared.persistence.fake_transactions import FakeTransaction


def _read(content: bytes, content_type: str) -> list[Group]:
    return read_file(content, content_type, "GBP")


class Killed(BaseException):
    """The function is gone: nothing that it would have done is done any more."""


@dataclass
class Life:
    """Ends before or after the call with this number, from 1."""

    ends_at: int | None = None
    calls: int = 0

    def live(self, call: Callable[[], Any]) -> Any:
        self._step()
        result = call()
        self._step()
        return result

    def _step(self) -> None:
        self.calls += 1
        if self.ends_at is not None and self.calls >= self.ends_at:
            raise Killed


class Mortal:
    """Every call of `inner` is one of this life."""

    def __init__(self, inner: object, life: Life) -> None:
        self._inner, self._life = inner, life

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        return lambda *args, **named: self._life.live(lambda: method(*args, **named))


@dataclass
class FakeImports:
    by_id: dict[str, Import] = field(default_factory=dict)

    def add(self, new: Import) -> None:
        self.by_id[new.import_id] = new

    def find(self, import_id: str, now: datetime) -> Import | None:
        found = self.by_id.get(import_id)
        return found if found and found.expires_at > now else None

    def advance(self, seen: Import, after: Import) -> bool:
        current = self.by_id.get(seen.import_id)
        if current is None or (current.state, len(current.parts)) != (seen.state, len(seen.parts)):
            return False
        self.by_id[seen.import_id] = after
        return True


@dataclass
class FakeImportFiles:
    files: dict[StoredFile, bytes] = field(default_factory=dict)
    parts: dict[tuple[str, int], list[Record]] = field(default_factory=dict)
    reports: dict[tuple[str, int], tuple[LineReport, ...]] = field(default_factory=dict)
    _versions: Iterator[int] = field(default_factory=count)

    def form(self, import_id: str, content_type: str, size_bytes: int) -> UploadForm:
        fields = {"key": f"uploads/{import_id}", "Content-Type": content_type, "policy": f"{size_bytes} bytes"}
        return UploadForm("https://uploads.example.org", fields)

    def upload(self, import_id: str, content: bytes) -> StoredFile:
        """What a browser does with a form."""
        return self._stored(f"uploads/{import_id}", content)

    def uploaded(self, import_id: str) -> StoredFile | None:
        return next((file for file in reversed(self.files) if file.key == f"uploads/{import_id}"), None)

    def store(self, import_id: str, content: bytes, *_: str) -> StoredFile:
        return self._stored(f"files/{import_id}", content)

    def content(self, file: StoredFile) -> bytes:
        if file not in self.files:
            raise NotFound("gone")
        return self.files[file]

    def put_part(self, import_id: str, part: int, records: Sequence[Record]) -> None:
        self.parts[import_id, part] = list(records)

    def part(self, import_id: str, part: int) -> list[Record]:
        return self.parts[import_id, part]

    def put_report(self, import_id: str, part: int, lines: Sequence[LineReport]) -> None:
        self.reports[import_id, part] = tuple(lines)

    def report(self, import_id: str, part: int) -> tuple[LineReport, ...]:
        return self.reports[import_id, part]

    def _stored(self, key: str, content: bytes) -> StoredFile:
        file = StoredFile(key, f"version-{next(self._versions)}")
        self.files[file] = content
        return file


@dataclass
class FakeQueue:
    messages: list[str] = field(default_factory=list)

    def put(self, import_id: str) -> None:
        self.messages.append(import_id)


class Background:
    """A shop with these products, and everything that imports in the background need.

    A second passes at each look at the clock.
    """

    def __init__(self, *products: Product) -> None:
        self.products = FakeProducts(*products)
        self.ledger = FakeStockLedger(self.products)
        self.imports, self.files, self.queue = FakeImports(), FakeImportFiles(), FakeQueue()
        self._seconds = count()

    @property
    def starter(self) -> ImportStarter:
        return ImportStarter(imports=self.imports, files=self.files, queue=self.queue)

    def accepting(self, importer: Importer) -> Accepting:
        return Accepting(importer=importer, starter=self.starter, read=_read, validate=line_validator("GBP"))

    def worker(self, life: Life | None = None) -> ImportWorker:
        """One that lives as long."""
        alive: Any = (lambda inner: Mortal(inner, life)) if life else (lambda inner: inner)
        recounts = Recounts(ledger=self.ledger, begin=FakeTransaction)
        return ImportWorker(
            imports=alive(self.imports),
            files=alive(self.files),
            queue=alive(self.queue),
            importer=Importer(alive(self.products), alive(recounts), ThreadPoolExecutor(1)),
            read=_read,
            validate=line_validator("GBP"),
            clock=lambda: NOW + timedelta(seconds=next(self._seconds)),
        )

    def start(self, content: bytes, *, is_trial: bool = False) -> Import:
        """An import `i1` of Tom's."""
        new = Import(
            import_id="i1",
            created_by="tom",
            created_at=NOW,
            is_trial=is_trial,
            content_type="text/csv",
            state=State.WAITING,
        )
        return self.starter.start(new, content)

    @property
    def report(self) -> list[LineReport]:
        """The whole of it, in the order of the file."""
        parts = range(len(self.imports.by_id["i1"].parts))
        lines = [line for part in parts for line in self.files.report("i1", part)]
        return sorted(lines, key=lambda line: line.line)
