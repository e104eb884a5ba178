"""Files of mails are attachments of tickets: those that come in are kept as such, those of replies are mailed."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from knowledge_base.mail.domain.answering import ReplyFile
from knowledge_base.mail.domain.parsing import MailFile
from knowledge_base.mail.domain.receiving import Unfit
from knowledge_base.tickets.domain.attachments import (
    MAX_BYTES,
    Attachment,
    Attachments,
    AttachmentState,
    Files,
    Flaw,
    UploadedFile,
)
from knowledge_base.tickets.domain.uploads import Inspection, Intake

_NAMESPACE = uuid.UUID("2a8c9d52-6a0c-5f57-b7f0-6f2f9f0f3f11")
_REASONS = {
    Flaw.OTHER_TYPE: "not a kind of file that we take",
    Flaw.TOO_LARGE: f"larger than {MAX_BYTES // 1_000_000} MB",
}


class MailFiles:
    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    def keep(self, user_id: str, file: MailFile, key: str, now: datetime) -> str:
        """Two writes of a record, one object and a look for it."""
        if not file.content:
            raise Unfit("empty")
        attachment_id = str(uuid.uuid5(_NAMESPACE, f"{user_id} {key}"))
        if flaw := self._intake.keep(attachment_id, user_id, file.name, file.content_type, file.content, now):
            raise Unfit(_REASONS[flaw])
        return attachment_id


class AttachedFiles:
    def __init__(self, attachments: Attachments, files: Files, inspection: Inspection) -> None:
        self._attachments, self._files, self._inspection = attachments, files, inspection

    def accepted(self, attachment_ids: Sequence[str]) -> Sequence[ReplyFile]:
        """One BatchGetItem; another one where some are inspected now: a reply is sent within seconds of its upload."""
        found = self._found(attachment_ids)
        waiting = [each.attachment_id for each in found if each.state is AttachmentState.WAITING]
        if waiting:
            for each in waiting:
                self._inspection.inspect(each)
            found = self._found(attachment_ids)
        return [
            ReplyFile(each.attachment_id, each.name, str(each.type), each.size_bytes, each.version_id)
            for each in found
            if each.state is AttachmentState.ACCEPTED and each.version_id
        ]

    def content(self, file: ReplyFile) -> bytes | None:
        return self._files.content(file.attachment_id, UploadedFile(file.version_id, file.size_bytes))

    def _found(self, attachment_ids: Sequence[str]) -> Sequence[Attachment]:
        found = self._attachments.find_all(attachment_ids) if attachment_ids else {}
        return [found[each] for each in attachment_ids if each in found]
