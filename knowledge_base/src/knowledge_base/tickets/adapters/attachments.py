"""Attachments: their records in DynamoDB, their bytes in a versioned bucket."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta

from pynamodb.expressions.update import Action

from knowledge_base.tickets.adapters.records import AttachmentRecord
from knowledge_base.tickets.domain.attachments import (
    ATTACHMENT,
    Attachment,
    AttachmentState,
    Flaw,
    UploadedFile,
    WantedFile,
)
from knowledge_base.tickets.domain.stores import Answers
from shared.dynamodb.records import ConditionFailed
from shared.dynamodb.transactions import Transaction
from shared.idempotency.claims import FirstAnswer, translated_refusals
from shared.persistence.unit_of_work import UnitOfWork
from shared.s3.buckets import Bucket
from shared.s3.upload_form import UploadForm

_RECORD = "record of the attachment"


class DynamoAttachments:
    def __init__(self, attachments_table: str, first_answers: Answers | None) -> None:
        """Whoever adds none needs no first answers."""
        self._attachments, self._first_answers = AttachmentRecord.at(attachments_table), first_answers

    def add(self, attachment: Attachment, answer: FirstAnswer | None) -> None:
        """One transaction."""
        if self._first_answers is None:
            raise ValueError("a first answer needs its table")
        transaction = Transaction()
        transaction.save(_RECORD, self._attachments.of(attachment))
        self._first_answers.record(answer, transaction)
        with translated_refusals():
            transaction.commit()

    def add_new(self, attachment: Attachment) -> None:
        """One put."""
        with suppress(ConditionFailed):
            self._attachments.of(attachment).put(AttachmentRecord.attachment_id.does_not_exist())

    def find(self, attachment_id: str) -> Attachment | None:
        """One consistent GetItem."""
        record = self._attachments.find(attachment_id)
        return record.to_attachment() if record else None

    def find_all(self, attachment_ids: Sequence[str]) -> Mapping[str, Attachment]:
        """One consistent BatchGetItem for each hundred."""
        found = self._attachments.find_many(attachment_ids) if attachment_ids else []
        return {record.attachment_id: record.to_attachment() for record in found}

    def attach(self, attachment: Attachment, position: int, unit_of_work: UnitOfWork) -> None:
        """An update in a transaction. It leaves the verdict alone, which may come at the same time."""
        is_free = (
            (AttachmentRecord.user_id == attachment.user_id)
            & AttachmentRecord.ticket_id.does_not_exist()
            & (AttachmentRecord.state != str(AttachmentState.REFUSED))
        )
        actions: list[Action] = [
            AttachmentRecord.ticket_id.set(attachment.ticket_id or ""),
            AttachmentRecord.is_private.set(attachment.is_private),
            AttachmentRecord.expires_at.remove(),
        ]
        record = self._attachments(attachment.attachment_id)
        Transaction.of(unit_of_work).change(f"{ATTACHMENT} {position}", record, actions, is_free)

    def settle(self, attachment_id: str, state: AttachmentState, reason: Flaw | None, file: UploadedFile) -> bool:
        """One UpdateItem."""
        try:
            self._attachments(attachment_id).change(
                AttachmentRecord.state.set(str(state)),
                AttachmentRecord.reason.set(str(reason)) if reason else AttachmentRecord.reason.remove(),
                AttachmentRecord.version_id.set(file.version_id),
                AttachmentRecord.size_bytes.set(file.size_bytes),
                condition=AttachmentRecord.state == str(AttachmentState.WAITING),
            )
        except ConditionFailed:
            return False
        return True


class S3Files:
    """One object for each attachment, under its id."""

    def __init__(self, bucket: str) -> None:
        self._bucket = Bucket(bucket)

    def form(self, attachment_id: str, wanted: WantedFile, expires_in: timedelta) -> UploadForm:
        """Signed locally."""
        return self._bucket.form(
            _key(attachment_id), str(wanted.type), max_bytes=wanted.size_bytes, expires_in_seconds=expires_in.seconds
        )

    def put(self, attachment: Attachment, content: bytes) -> UploadedFile:
        """One PutObject."""
        version_id = self._bucket.put(_key(attachment.attachment_id), content, str(attachment.type))
        return UploadedFile(version_id, len(content))

    def uploaded(self, attachment_id: str) -> UploadedFile | None:
        """One HeadObject."""
        head = self._bucket.head(_key(attachment_id))
        return UploadedFile(head.version_id, head.size_bytes) if head else None

    def content(self, attachment_id: str, file: UploadedFile) -> bytes | None:
        """One GetObject."""
        return self._bucket.get(_key(attachment_id), file.version_id)

    def discard(self, attachment_id: str, file: UploadedFile) -> None:
        """One DeleteObject."""
        self._bucket.delete_version(_key(attachment_id), file.version_id)

    def delete(self, attachment_id: str) -> None:
        """One ListObjectVersions, and a DeleteObject for each version."""
        self._bucket.delete(list(self._bucket.versions(_key(attachment_id))))

    def link(self, attachment: Attachment, expires_in: timedelta) -> str:
        """Signed locally."""
        return self._bucket.link(
            _key(attachment.attachment_id),
            attachment.version_id or "",
            file_name=attachment.name,
            expires_in_seconds=expires_in.seconds,
        )


def _key(attachment_id: str) -> str:
    return f"attachments/{attachment_id}"
