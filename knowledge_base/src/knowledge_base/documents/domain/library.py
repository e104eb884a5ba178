"""What staff do with documents: upload, list and delete."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from knowledge_base.documents.domain.documents import (
    GONE,
    DocumentPage,
    Documents,
    DocumentState,
    RecordChanged,
    document_id_of,
)
from knowledge_base.documents.domain.files import Files, WantedDocument
from knowledge_base.documents.domain.syncs import SyncMessages
from shared.errors import NotFound, Unavailable
from shared.s3.upload_form import UploadForm

FORM_VALID = timedelta(minutes=5)
_ATTEMPTS = 5


class ListedState(StrEnum):
    """Of a document that is there, or still somewhere."""

    UPLOADED = DocumentState.UPLOADED
    INGESTING = DocumentState.INGESTING
    SEARCHABLE = DocumentState.SEARCHABLE
    FAILED = DocumentState.FAILED
    DELETING = DocumentState.DELETING


@dataclass(frozen=True, slots=True)
class OfferedDocument:
    document_id: str
    upload: UploadForm
    expires_at: datetime


class Library:
    def __init__(self, documents: Documents, files: Files, messages: SyncMessages) -> None:
        self._documents, self._files, self._messages = documents, files, messages

    def offer(self, wanted: WantedDocument, now: datetime) -> OfferedDocument:
        """A form that uploads a document, or a new version of the one with this name. Writes nothing."""
        form = self._files.form(wanted, FORM_VALID.seconds)
        return OfferedDocument(document_id_of(wanted.name), form, now + FORM_VALID)

    def listed(self, state: ListedState | None, after: str | None, limit: int) -> DocumentPage:
        """Those of a state, or all but those that were deleted."""
        states = [state] if state else list(ListedState)
        return self._documents.listed([DocumentState(each) for each in states], after, limit)

    def delete(self, document_id: str, now: datetime) -> None:
        """From here on, nothing of it is used. The bucket and the knowledge base follow; idempotent.

        Raises NotFound; Unavailable.
        """
        for _ in range(_ATTEMPTS):
            document = self._documents.find(document_id)
            if document is None or document.state is DocumentState.DELETED:
                raise NotFound("There is no such document.")
            # first: if this breaks off later on, the function that follows the bucket completes it
            self._messages.follow_later()
            present = self._files.current_version(document.name) or document.version_id
            removed = document if document.state in GONE else document.moved(DocumentState.DELETING, now)
            try:
                self._documents.save(replace(removed, version_id=present, sync_id=None))
            except RecordChanged:
                continue
            self._files.hide(document.name)
            return
        raise Unavailable("The document is being ingested; try again.")
