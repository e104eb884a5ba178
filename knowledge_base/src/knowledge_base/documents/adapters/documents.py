"""The records of documents in DynamoDB: all of them under one key, as they are read together."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pynamodb.attributes import UnicodeAttribute

from knowledge_base.documents.domain.documents import Document, DocumentState, RecordChanged
from shared.dynamodb.attributes import IntegerAttribute, MomentAttribute
from shared.dynamodb.records import ConditionFailed, Image, Record, select

_LIBRARY = "documents"


class DocumentRecord(Record):
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
    def __init__(self, documents_table: str) -> None:
        self._documents = DocumentRecord.at(documents_table)

    def all(self) -> tuple[Document, ...]:
        """A consistent Query: a page for about 3,000 documents."""
        return tuple(record.to_document() for record in select(self._documents, _LIBRARY))

    def find(self, document_id: str) -> Document | None:
        """One consistent GetItem."""
        record = self._documents.find(_LIBRARY, document_id)
        return record.to_document() if record else None

    def find_many(self, document_ids: Sequence[str]) -> Mapping[str, Document]:
        """One consistent BatchGetItem for each hundred."""
        keys = [(_LIBRARY, document_id) for document_id in dict.fromkeys(document_ids)]
        return {record.document_id: record.to_document() for record in self._documents.find_many(keys)}

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
        )
        present = (
            DocumentRecord.revision == document.revision
            if document.revision
            else DocumentRecord.document_id.does_not_exist()
        )
        try:
            record.put(present)
        except ConditionFailed as error:
            raise RecordChanged from error
        return saved


def document_of_image(image: Image) -> Document:
    """Raises KeyError, TypeError or ValueError."""
    return DocumentRecord.of_image(image).to_document()
