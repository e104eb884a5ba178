"""Documents follow the bucket, and then what the knowledge base says of them.

Each step may break off anywhere and be repeated, also by several at once: records are read before the bucket is, and
written only where they are as they were read.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from knowledge_base.documents.domain.documents import (
    GONE,
    Document,
    DocumentFile,
    Documents,
    DocumentState,
    RecordChanged,
    document_id_of,
)
from knowledge_base.documents.domain.files import Files
from knowledge_base.documents.domain.knowledge import KnowledgeBase
from shared.errors import Unavailable

_SETTLED = frozenset({DocumentState.SEARCHABLE, DocumentState.DELETED})
_ATTEMPTS = 10
_NOT_INDEXED = "The knowledge base has not indexed it."


class Following:
    def __init__(self, documents: Documents, files: Files, knowledge_base: KnowledgeBase) -> None:
        self._documents, self._files, self._knowledge_base = documents, files, knowledge_base

    def follow(self, now: datetime) -> bool:
        """Bring the records to where the bucket is. Whether something has yet to be seen by a sync."""
        return any(document.is_pending for document in self._followed(now))

    def cover(self, sync_id: str, now: datetime) -> None:
        """Let a sync that is about to start have all that has changed."""
        for document in self._followed(now):
            if document.state in _SETTLED or document.sync_id == sync_id:
                continue
            is_new = document.state is DocumentState.UPLOADED
            covered = document.moved(DocumentState.INGESTING, now) if is_new else document
            self._save(replace(covered, sync_id=sync_id))

    def settle(self, sync_id: str, now: datetime) -> None:
        """After a sync's job is complete: what it has covered is searchable, failed or deleted."""
        indexed = self._knowledge_base.indexed()
        for document in self._followed(now):
            if document.state is not DocumentState.SEARCHABLE and document.sync_id != sync_id:
                continue
            if document.state is DocumentState.DELETED:
                continue
            if document.state is DocumentState.DELETING:
                if document.name not in indexed:
                    self._files.purge(document.name)
                    self._save(document.moved(DocumentState.DELETED, now))
                continue
            problem = indexed.get(document.name, _NOT_INDEXED)
            state = DocumentState.SEARCHABLE if problem is None else DocumentState.FAILED
            if (document.state, document.reason) != (state, problem):
                self._save(document.moved(state, now, problem))

    def give_up(self, sync_id: str, reason: str, now: datetime) -> None:
        """After all jobs of a sync have failed."""
        for document in self._documents.all():
            if document.sync_id == sync_id and document.state is DocumentState.INGESTING:
                self._save(document.moved(DocumentState.FAILED, now, reason))

    def _followed(self, now: datetime) -> list[Document]:
        """The records, once they are where the bucket is. Raises Unavailable while others keep changing them."""
        for _ in range(_ATTEMPTS):
            with suppress(RecordChanged):  # whoever has changed it may have read the bucket earlier
                return self._follow_once(now)
        raise Unavailable("The documents are changing; try again.")

    def _follow_once(self, now: datetime) -> list[Document]:
        """Raises RecordChanged."""
        records = {document.name: document for document in self._documents.all()}
        files = self._files.current()  # after the records, which therefore cannot be ahead of it
        followed = []
        for name in sorted(records.keys() | files.keys()):
            before, file = records.get(name), files.get(name)
            after = _without_file(before, now) if file is None else _with_file(before, file, now)
            if after is None:
                continue
            if file and after.state in GONE:
                self._files.hide(name)  # a deletion that broke off
            followed.append(after if after == before else self._documents.save(after))
        return followed

    def _save(self, document: Document) -> None:
        with suppress(RecordChanged):  # then it has a newer version, or has been deleted
            self._documents.save(document)


def _without_file(document: Document | None, now: datetime) -> Document | None:
    if document is None or document.state in GONE:
        return document
    return replace(document.moved(DocumentState.DELETING, now), sync_id=None)


def _with_file(document: Document | None, file: DocumentFile, now: datetime) -> Document:
    if document is None:
        document_id = document_id_of(file.key)
        return Document(
            document_id,
            file.key,
            DocumentState.UPLOADED,
            1,
            file.version_id,
            file.fingerprint,
            file.size_bytes,
            now,
        )
    present = replace(document, version_id=file.version_id, fingerprint=file.fingerprint, size_bytes=file.size_bytes)
    if document.state in GONE:
        is_other = file.version_id != document.version_id
    else:
        is_other = file.fingerprint != document.fingerprint
    if is_other:
        return replace(present.moved(DocumentState.UPLOADED, now), version=document.version + 1, sync_id=None)
    return present
