"""The bucket of help documents, as this feature needs it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from knowledge_base.documents.domain.documents import DocumentFile
from shared.s3.upload_form import UploadForm

MAX_BYTES = 50 * 2**20
"""What Bedrock ingests of one document."""


class ContentType(StrEnum):
    MARKDOWN = "text/markdown"
    TEXT = "text/plain"
    HTML = "text/html"
    PDF = "application/pdf"
    CSV = "text/csv"


SUFFIXES: Mapping[ContentType, str] = {
    ContentType.MARKDOWN: ".md",
    ContentType.TEXT: ".txt",
    ContentType.HTML: ".html",
    ContentType.PDF: ".pdf",
    ContentType.CSV: ".csv",
}
"""Bedrock goes by the end of the name."""


@dataclass(frozen=True, slots=True)
class WantedDocument:
    """`size_bytes` is the most that the form accepts."""

    name: str
    content_type: ContentType
    size_bytes: int


class Files(Protocol):
    """Every method raises Unavailable."""

    def form(self, wanted: WantedDocument, expires_in_seconds: int) -> UploadForm: ...

    def current(self) -> Mapping[str, DocumentFile]:
        """All documents of the bucket, by key, as they are now."""
        ...

    def current_version(self, key: str) -> str | None:
        """None if there is no such document."""
        ...

    def hide(self, key: str) -> None:
        """Neither the document nor its metadata is there any more; their versions are. It need not exist."""
        ...

    def purge(self, key: str) -> None:
        """Delete all versions of a document that is hidden, for good. Nothing happens if it is there again."""
        ...
