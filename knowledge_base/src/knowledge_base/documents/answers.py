"""What staff receive about documents and syncs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from knowledge_base.documents.domain.documents import Document, DocumentState
from knowledge_base.documents.domain.syncs import Counts, Slots, Sync, SyncState


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


def documents_answer(documents: Iterable[Document]) -> DocumentsAnswer:
    return DocumentsAnswer(
        tuple(
            DocumentAnswer(
                each.document_id,
                each.name,
                each.state,
                each.reason,
                each.version,
                each.size_bytes,
                each.updated_at,
            )
            for each in documents
        )
    )


def syncs_answer(slots: Slots, ended: Iterable[Sync]) -> SyncsAnswer:
    """The newest first."""
    present = [sync for sync in (slots.waiting, slots.running) if sync]
    return SyncsAnswer(tuple(map(_sync_answer, [*present, *ended])))


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
