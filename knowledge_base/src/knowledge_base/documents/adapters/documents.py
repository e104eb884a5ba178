"""The records of documents in DynamoDB: all of them under one key, as they are read together."""

import heapq
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from knowledge_base.documents.domain.documents import Document, DocumentPage, DocumentState, RecordChanged
from shared.dynamodb.attributes import IntegerAttribute, MomentAttribute, SecondsAttribute
from shared.dynamodb.connection import readers
from shared.dynamodb.records import ConditionFailed, Image, Record, select

_LIBRARY = "documents"
_KEPT = timedelta(days=30)
"""After a deletion: longer than suggestions, which name a document's version, so that none comes twice meanwhile."""


class DocumentsByState(GlobalSecondaryIndex["DocumentRecord"]):
    class Meta:
        index_name = "ByState"
        projection = KeysOnlyProjection()

    state = UnicodeAttribute(hash_key=True)
    name = UnicodeAttribute(range_key=True)


class DocumentRecord(Record):
    by_state = DocumentsByState()

    library = UnicodeAttribute(hash_key=True)
    document_id = UnicodeAttribute(range_key=True, attr_name="documentId")
    name = UnicodeAttribute()
    state = UnicodeAttribute()
    version = IntegerAttribute()
    version_id = UnicodeAttribute(attr_name="versionId")
    fingerprint = UnicodeAttribute()
    size_bytes = IntegerAttribute(attr_name="sizeBytes")
    updated_at = MomentAttribute(attr_name="updatedAt")
    reason = UnicodeAttribute(null=True)
    sync_id = UnicodeAttribute(null=True, attr_name="syncId")
    revision = IntegerAttribute()
    expires_at = SecondsAttribute(null=True, attr_name="expiresAt")  # the table's time to live

    def to_document(self) -> Document:
        return Document(
            self.document_id,
            self.name,
            DocumentState(self.state),
            self.version,
            self.version_id,
            self.fingerprint,
            self.size_bytes,
            self.updated_at,
            self.reason,
            self.sync_id,
            self.revision,
        )


class DynamoDocuments:
    def __init__(self, documents_table: str, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._documents, self._clock = DocumentRecord.at(documents_table), clock

    def all(self) -> tuple[Document, ...]:
        """A consistent Query: a page for about 3,000 documents."""
        return tuple(self._present(select(self._documents, _LIBRARY)))

    def find(self, document_id: str) -> Document | None:
        """One consistent GetItem."""
        record = self._documents.find(_LIBRARY, document_id)
        return next(self._present([record]), None) if record else None

    def find_many(self, document_ids: Sequence[str]) -> Mapping[str, Document]:
        """One consistent BatchGetItem for each hundred."""
        keys = [(_LIBRARY, document_id) for document_id in dict.fromkeys(document_ids)]
        return {document.document_id: document for document in self._present(self._documents.find_many(keys))}

    def listed(self, states: Collection[DocumentState], after: str | None, limit: int) -> DocumentPage:
        """A Query of the index for each state, at once, whose pages are merged; then `find_many`."""
        rest = DocumentsByState.name > after if after else None
        index = self._documents.by_state
        pages = readers().map(lambda state: select(index, state.value, rest, limit=limit + 1), states)
        merged = list(islice(heapq.merge(*pages, key=lambda record: record.name), limit + 1))
        found = self.find_many([record.document_id for record in merged[:limit]])
        items = [document for document in found.values() if document.state in states]
        return DocumentPage(items, merged[limit - 1].name if len(merged) > limit else None)

    def _present(self, records: Iterable[DocumentRecord]) -> Iterator[Document]:
        """Without those that have expired."""
        now = self._clock()
        return (each.to_document() for each in records if each.expires_at is None or each.expires_at > now)

    def save(self, document: Document) -> Document:
        """One conditional PutItem."""
        saved = replace(document, revision=document.revision + 1)
        record = self._documents(
            _LIBRARY,
            saved.document_id,
            name=saved.name,
            state=saved.state.value,
            version=saved.version,
            version_id=saved.version_id,
            fingerprint=saved.fingerprint,
            size_bytes=saved.size_bytes,
            updated_at=saved.updated_at,
            reason=saved.reason,
            sync_id=saved.sync_id,
            revision=saved.revision,
            expires_at=saved.updated_at + _KEPT if saved.state is DocumentState.DELETED else None,
        )
        present = (
            DocumentRecord.revision == document.revision
            if document.revision
            else DocumentRecord.document_id.does_not_exist() | (DocumentRecord.expires_at <= self._clock())
        )
        try:
            record.put(present)
        except ConditionFailed as error:
            raise RecordChanged from error
        return saved


def document_of_image(image: Image) -> Document:
    """Raises KeyError, TypeError or ValueError."""
    return DocumentRecord.of_image(image).to_document()
