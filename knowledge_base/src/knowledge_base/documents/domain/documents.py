"""Help documents: what the bucket holds, and how far the knowledge base has followed."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

_NAMES = uuid.UUID("8c0f6a52-3f0b-5c5e-9d5b-0b6d3f1f6c11")


class DocumentState(StrEnum):
    """DELETING: nothing of it is used any more. DELETED: neither bucket nor knowledge base has it."""

    UPLOADED = "uploaded"
    INGESTING = "ingesting"
    SEARCHABLE = "searchable"
    FAILED = "failed"
    DELETING = "deleting"
    DELETED = "deleted"


GONE = frozenset({DocumentState.DELETING, DocumentState.DELETED})


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """The current object of a document. The `fingerprint` changes with its content and its metadata file's."""

    key: str
    version_id: str
    fingerprint: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Document:
    """`version` counts the contents that were seen under this name, also before it was deleted.

    `name` is the key of its object. `revision` counts the record's changes; `sync_id` is the sync that covers it, None
    where one has yet to see what has changed.
    """

    document_id: str
    name: str
    state: DocumentState
    version: int
    version_id: str
    fingerprint: str
    size_bytes: int
    updated_at: datetime
    reason: str | None = None
    sync_id: str | None = None
    revision: int = 0

    @property
    def is_current(self) -> bool:
        """Whether what the knowledge base has of it is its present version."""
        return self.state is DocumentState.SEARCHABLE

    @property
    def is_pending(self) -> bool:
        """Whether a sync has yet to see what has changed."""
        changed = self.state in {DocumentState.UPLOADED, DocumentState.DELETING}
        return changed and self.sync_id is None

    def moved(self, state: DocumentState, now: datetime, reason: str | None = None) -> "Document":
        return replace(self, state=state, reason=reason, updated_at=now)


def document_id_of(name: str) -> str:
    """The id of the document with this name: the same in all its versions."""
    return str(uuid.uuid5(_NAMES, name))


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """By name; `after` is the name after which the next page begins, None on the last one."""

    items: Sequence[Document]
    after: str | None


class RecordChanged(Exception):
    """Somebody else has changed the record: nothing was written."""


class Documents(Protocol):
    """The records of documents: those that were deleted stay for a month. Every method raises Unavailable."""

    def all(self) -> tuple[Document, ...]:
        """With those that were deleted. Consistent."""
        ...

    def listed(self, states: Collection[DocumentState], after: str | None, limit: int) -> DocumentPage:
        """Those that are in one of the states, as they are now; it may miss what has changed a moment ago."""
        ...

    def find(self, document_id: str) -> Document | None:
        """Consistent."""
        ...

    def find_many(self, document_ids: Sequence[str]) -> Mapping[str, Document]:
        """Those that exist, by id. Consistent."""
        ...

    def save(self, document: Document) -> Document:
        """Write it with the next revision, in the place of the record with its own, or of none if that is 0.

        Raises RecordChanged.
        """
        ...
