"""What staff receive about documents and syncs."""

from dataclasses import dataclass
from datetime import datetime

from knowledge_base.documents.domain.documents import Document, DocumentPage, DocumentState
from knowledge_base.documents.domain.syncs import Counts, Sync, SyncPage, SyncState
from shared.http.cursors import Cursors


@dataclass(frozen=True, slots=True)
class DocumentAnswer:
    """`size` in bytes; `reason` if it failed."""

    document_id: str
    name: str
    state: DocumentState
    reason: str | None
    version: int
    size: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class DocumentsAnswer:
    items: tuple[DocumentAnswer, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class RequestedSync:
    sync_id: str


@dataclass(frozen=True, slots=True)
class SyncAnswer:
    """`attempts` are the jobs that were started for it; `counts` are those of its job, once it is done."""

    sync_id: str
    state: SyncState
    requested_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    attempts: int
    counts: Counts | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class SyncsAnswer:
    items: tuple[SyncAnswer, ...]
    next_cursor: str | None


def documents_answer(page: DocumentPage, scope: str, cursors: Cursors) -> DocumentsAnswer:
    return DocumentsAnswer(tuple(map(_document_answer, page.items)), cursors.make(scope, page.after))


def syncs_answer(page: SyncPage, scope: str, cursors: Cursors) -> SyncsAnswer:
    return SyncsAnswer(tuple(map(_sync_answer, page.items)), cursors.make(scope, page.after))


def _document_answer(document: Document) -> DocumentAnswer:
    return DocumentAnswer(
        document.document_id,
        document.name,
        document.state,
        document.reason,
        document.version,
        document.size_bytes,
        document.updated_at,
    )


def _sync_answer(sync: Sync) -> SyncAnswer:
    return SyncAnswer(
        sync.sync_id,
        sync.state,
        sync.requested_at,
        sync.started_at,
        sync.ended_at,
        sync.attempt,
        sync.counts,
        sync.reason,
    )
