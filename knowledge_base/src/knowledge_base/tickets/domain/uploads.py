"""Uploads: a form for each file, the inspection of what was put there, and files that came by mail."""

from dataclasses import dataclass
from datetime import datetime

from knowledge_base.tickets.domain.attachments import (
    FORM_VALID,
    Attachment,
    Attachments,
    AttachmentState,
    Files,
    Flaw,
    OfferedAttachment,
    WantedFile,
    flaw_of,
    type_of,
)
from knowledge_base.tickets.domain.stores import Answers
from shared.idempotency.claims import Claim, once
from shared.ids import new_id


@dataclass(frozen=True, slots=True)
class Uploads:
    attachments: Attachments
    files: Files
    first_answers: Answers

    def offer(self, user_id: str, wanted: WantedFile, claim: Claim | None, now: datetime) -> object:
        """A form for one file. Raises Unavailable."""

        def effect() -> OfferedAttachment:
            attachment = Attachment(
                attachment_id=new_id(now),
                user_id=user_id,
                name=wanted.name,
                type=wanted.type,
                size_bytes=wanted.size_bytes,
                offered_at=now,
            )
            form = self.files.form(attachment.attachment_id, wanted, FORM_VALID)
            offered = OfferedAttachment(attachment.attachment_id, form, now + FORM_VALID)
            self.attachments.add(attachment, claim.answered(offered, now) if claim else None)
            return offered

        return once(claim, self.first_answers, now, effect)


@dataclass(frozen=True, slots=True)
class Inspection:
    """The verdict names the bytes that it is about: another file from the same form changes nothing any more."""

    attachments: Attachments
    files: Files

    def inspect(self, attachment_id: str) -> AttachmentState | None:
        """None where there is nothing to inspect. May be repeated. Raises Unavailable."""
        file, attachment = self.files.uploaded(attachment_id), self.attachments.find(attachment_id)
        if file is None:
            return None
        if attachment is None or (
            attachment.state is not AttachmentState.WAITING and attachment.version_id != file.version_id
        ):
            self.files.discard(attachment_id, file)
            return None
        if attachment.state is AttachmentState.WAITING:
            content = self.files.content(attachment_id, file)
            if content is None:
                return None
            reason = flaw_of(attachment.type, file.size_bytes, content)
            state = AttachmentState.REFUSED if reason else AttachmentState.ACCEPTED
            if not self.attachments.settle(attachment_id, state, reason, file):
                return self.inspect(attachment_id)
        else:
            state = attachment.state
        if state is AttachmentState.REFUSED:
            self.files.discard(attachment_id, file)
        return state


@dataclass(frozen=True, slots=True)
class Intake:
    """Files that come without a form: they are inspected before they are kept."""

    attachments: Attachments
    files: Files

    def keep(
        self, attachment_id: str, user_id: str, name: str, declared: str, content: bytes, now: datetime
    ) -> Flaw | None:
        """What is wrong with it; then it is not kept. May be repeated with the same id. Raises Unavailable."""
        type_ = type_of(declared, name, content)
        if type_ is None:
            return Flaw.OTHER_TYPE
        if flaw := flaw_of(type_, len(content), content):
            return flaw
        attachment = Attachment(
            attachment_id=attachment_id,
            user_id=user_id,
            name=name,
            type=type_,
            size_bytes=len(content),
            offered_at=now,
        )
        self.attachments.add_new(attachment)  # first: whoever inspects uploads discards those that have no record
        file = self.files.uploaded(attachment_id) or self.files.put(attachment, content)
        self.attachments.settle(attachment_id, AttachmentState.ACCEPTED, None, file)
        return None
