"""Documents as tests need them."""

from datetime import UTC, datetime

from knowledge_base.documents.domain.documents import Document, DocumentState, document_id_of

NOW = datetime(2026, 11, 30, 9, 30, 0, 123000, UTC)


def a_document(name: str = "refunds.md", state: DocumentState = DocumentState.UPLOADED) -> Document:
    return Document(document_id_of(name), name, state, 1, "v1", "etag", 40, NOW)
