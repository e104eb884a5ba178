"""What staff do with documents: upload, list and delete."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from knowledge_base.documents.domain.documents import (
    GONE,
    Document,
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

    def list(self) -> list[Document]:
        """By name, without those that were deleted."""
        kept = (each for each in self._documents.all() if each.state is not DocumentState.DELETED)
        return sorted(kept, key=lambda document: document.name)

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
