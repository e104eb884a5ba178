"""Tickets and what belongs to them as their tables have them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Self

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection

from knowledge_base.tickets.domain.attachments import KEPT, Attachment, AttachmentState, FileType, Flaw
from knowledge_base.tickets.domain.canned_replies import CannedReply
from knowledge_base.tickets.domain.stores import NOBODY
from knowledge_base.tickets.domain.threads import Entry, Kind
from knowledge_base.tickets.domain.tickets import Channel, Due, Merge, Priority, Satisfaction, Ticket, TicketStatus
from shared.dynamodb.attributes import (
    DocumentAttribute,
    IntegerAttribute,
    MomentAttribute,
    SecondsAttribute,
    TextsAttribute,
)
from shared.dynamodb.records import Record
from shared.json.encoding import moment, rfc3339

_MILLISECOND = timedelta(milliseconds=1)


class TicketsByUser(GlobalSecondaryIndex["TicketRecord"]):
    class Meta:
        index_name = "ByUser"
        projection = AllProjection()

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    ticket_id = UnicodeAttribute(range_key=True, attr_name="ticketId")


class TicketsByStatus(GlobalSecondaryIndex["TicketRecord"]):
    class Meta:
        index_name = "ByStatus"
        projection = AllProjection()

    status = UnicodeAttribute(hash_key=True)
    ticket_id = UnicodeAttribute(range_key=True, attr_name="ticketId")


class TicketsByQueue(GlobalSecondaryIndex["TicketRecord"]):
    class Meta:
        index_name = "ByQueue"
        projection = AllProjection()

    queue = UnicodeAttribute(hash_key=True)
    ticket_id = UnicodeAttribute(range_key=True, attr_name="ticketId")


class TicketsByNumber(GlobalSecondaryIndex["TicketRecord"]):
    class Meta:
        index_name = "ByNumber"
        projection = AllProjection()

    number = IntegerAttribute(hash_key=True)


class TicketRecord(Record):
    """`queue` is `{assignee}#{status}`. `paused` is in milliseconds. Whoever changes a ticket leaves `stale` alone."""

    ticket_id = UnicodeAttribute(hash_key=True, attr_name="ticketId")
    number = IntegerAttribute()
    user_id = UnicodeAttribute(attr_name="userId")
    subject = UnicodeAttribute()
    channel = UnicodeAttribute()
    status = UnicodeAttribute()
    priority = UnicodeAttribute()
    queue = UnicodeAttribute()
    first_reply_due = MomentAttribute(attr_name="firstReplyDue")
    resolution_due = MomentAttribute(attr_name="resolutionDue")
    created_at = MomentAttribute(attr_name="createdAt")
    updated_at = MomentAttribute(attr_name="updatedAt")
    assignee = UnicodeAttribute(null=True)
    first_replied_at = MomentAttribute(null=True, attr_name="firstRepliedAt")
    solved_at = MomentAttribute(null=True, attr_name="solvedAt")
    paused = IntegerAttribute()
    waiting_since = MomentAttribute(null=True, attr_name="waitingSince")
    merged_into = UnicodeAttribute(null=True, attr_name="mergedInto")
    status_before = UnicodeAttribute(null=True, attr_name="statusBefore")
    merged = TextsAttribute(null=True)
    satisfaction = DocumentAttribute(null=True)
    stale = BooleanAttribute(null=True)
    by_mail = BooleanAttribute(null=True, attr_name="byMail")
    has_account = BooleanAttribute(null=True, attr_name="hasAccount")
    version = IntegerAttribute()

    by_user, by_status = TicketsByUser(), TicketsByStatus()
    by_queue, by_number = TicketsByQueue(), TicketsByNumber()

    @classmethod
    def of(cls, ticket: Ticket) -> Self:
        return cls(
            ticket.ticket_id,
            number=ticket.number,
            user_id=ticket.user_id,
            subject=ticket.subject,
            channel=ticket.channel,
            created_at=ticket.created_at,
            stale=ticket.stale or None,
            has_account=_unless_true(ticket.has_account),
            **_changing(ticket),
        )

    @classmethod
    def actions(cls, ticket: Ticket) -> list[Action]:
        """What makes a ticket of the version before the one that it is."""
        return [getattr(cls, name).set(value) for name, value in _changing(ticket).items()]

    def to_ticket(self) -> Ticket:
        merge = Merge(self.merged_into, TicketStatus(self.status_before)) if self.merged_into else None
        return Ticket(
            ticket_id=self.ticket_id,
            number=self.number,
            user_id=self.user_id,
            subject=self.subject,
            channel=Channel(self.channel),
            status=TicketStatus(self.status),
            priority=Priority(self.priority),
            due=Due(self.first_reply_due, self.resolution_due),
            created_at=self.created_at,
            updated_at=self.updated_at,
            assignee=self.assignee,
            first_replied_at=self.first_replied_at,
            solved_at=self.solved_at,
            paused=self.paused * _MILLISECOND,
            waiting_since=self.waiting_since,
            merge=merge,
            merged=self.merged or (),
            satisfaction=_satisfaction(self.satisfaction) if self.satisfaction else None,
            stale=bool(self.stale),
            by_mail=bool(self.by_mail),
            has_account=self.has_account is not False,
            version=self.version,
        )


def _changing(ticket: Ticket) -> dict[str, Any]:
    rated = ticket.satisfaction
    return {
        "status": str(ticket.status),
        "priority": str(ticket.priority),
        "queue": queue_of(ticket.assignee, ticket.status),
        "first_reply_due": ticket.due.first_reply,
        "resolution_due": ticket.due.resolution,
        "updated_at": ticket.updated_at,
        "assignee": ticket.assignee,
        "first_replied_at": ticket.first_replied_at,
        "solved_at": ticket.solved_at,
        "paused": ticket.paused // _MILLISECOND,
        "waiting_since": ticket.waiting_since,
        "merged_into": ticket.merge.into if ticket.merge else None,
        "status_before": str(ticket.merge.status) if ticket.merge else None,
        "merged": ticket.merged or None,
        "satisfaction": {"score": rated.score, "comment": rated.comment, "at": rfc3339(rated.at)} if rated else None,
        "by_mail": ticket.by_mail or None,
        "version": ticket.version,
    }


def _unless_true(value: bool) -> bool | None:
    """What is ordinary is left out."""
    return None if value else False


def _satisfaction(document: Mapping[str, Any]) -> Satisfaction:
    return Satisfaction(document["score"], document["comment"], moment(document["at"]))


def queue_of(assignee: str | None, status: TicketStatus) -> str:
    return f"{assignee or NOBODY}#{status}"


def ticket_of_image(image: Mapping[str, Any]) -> Ticket:
    """A ticket as the table's stream has it. Raises KeyError, TypeError or ValueError."""
    return TicketRecord.of_image(image).to_ticket()


class WordRecord(Record):
    """One of the words of a ticket's subject, with all of them: whoever looks for several reads one partition."""

    word = UnicodeAttribute(hash_key=True)
    ticket_id = UnicodeAttribute(range_key=True, attr_name="ticketId")
    words = TextsAttribute()


def of_person(user_id: str) -> str:
    """Under what TicketWords has the tickets of somebody, where they are read consistently. No word has a space."""
    return f"of {user_id}"


class EntryRecord(Record):
    ticket_id = UnicodeAttribute(hash_key=True, attr_name="ticketId")
    entry_id = UnicodeAttribute(range_key=True, attr_name="entryId")
    user_id = UnicodeAttribute(attr_name="userId")
    number = IntegerAttribute()
    author = UnicodeAttribute()
    kind = UnicodeAttribute()
    text = UnicodeAttribute()
    moment = MomentAttribute(attr_name="at")
    attachments = TextsAttribute(null=True)
    channel = UnicodeAttribute(null=True)
    has_account = BooleanAttribute(null=True, attr_name="hasAccount")

    @classmethod
    def of(cls, entry: Entry) -> Self:
        return cls(
            entry.ticket_id,
            entry.entry_id,
            user_id=entry.user_id,
            number=entry.number,
            author=entry.author,
            kind=str(entry.kind),
            text=entry.text,
            moment=entry.at,
            attachments=entry.attachments or None,
            channel=None if entry.channel is Channel.WEB else str(entry.channel),
            has_account=_unless_true(entry.has_account),
        )

    def to_entry(self) -> Entry:
        return Entry(
            ticket_id=self.ticket_id,
            entry_id=self.entry_id,
            user_id=self.user_id,
            number=self.number,
            author=self.author,
            kind=Kind(self.kind),
            text=self.text,
            at=self.moment,
            attachments=self.attachments or (),
            channel=Channel(self.channel or Channel.WEB),
            has_account=self.has_account is not False,
        )


def entry_of_image(image: Mapping[str, Any]) -> Entry:
    """An entry as the table's stream has it. Raises KeyError, TypeError or ValueError."""
    return EntryRecord.of_image(image).to_entry()


def attachment_id_of_image(image: Mapping[str, Any]) -> str:
    """Of a row of Attachments as the table's stream has it. Raises KeyError, TypeError or ValueError."""
    return AttachmentRecord.of_image(image).attachment_id


class ViewerRecord(Record):
    ticket_id = UnicodeAttribute(hash_key=True, attr_name="ticketId")
    user_id = UnicodeAttribute(range_key=True, attr_name="userId")
    until = MomentAttribute()
    expires_at = SecondsAttribute(attr_name="expiresAt")  # the table's time to live


class CannedReplyRecord(Record):
    """All are in one partition: there are some hundreds."""

    library = UnicodeAttribute(hash_key=True)
    canned_reply_id = UnicodeAttribute(range_key=True, attr_name="cannedReplyId")
    title = UnicodeAttribute()
    text = UnicodeAttribute()
    updated_by = UnicodeAttribute(attr_name="updatedBy")
    created_at = MomentAttribute(attr_name="createdAt")
    updated_at = MomentAttribute(attr_name="updatedAt")
    version = IntegerAttribute()

    def to_reply(self) -> CannedReply:
        return CannedReply(
            canned_reply_id=self.canned_reply_id,
            title=self.title,
            text=self.text,
            updated_by=self.updated_by,
            created_at=self.created_at,
            updated_at=self.updated_at,
            version=self.version,
        )


class AttachmentsByUser(GlobalSecondaryIndex["AttachmentRecord"]):
    class Meta:
        index_name = "ByUser"
        projection = KeysOnlyProjection()

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    attachment_id = UnicodeAttribute(range_key=True, attr_name="attachmentId")


class AttachmentRecord(Record):
    """It expires unless it is attached in time."""

    attachment_id = UnicodeAttribute(hash_key=True, attr_name="attachmentId")
    user_id = UnicodeAttribute(attr_name="userId")
    name = UnicodeAttribute()
    content_type = UnicodeAttribute(attr_name="contentType")
    size_bytes = IntegerAttribute(attr_name="size")
    offered_at = MomentAttribute(attr_name="offeredAt")
    state = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    version_id = UnicodeAttribute(null=True, attr_name="versionId")
    ticket_id = UnicodeAttribute(null=True, attr_name="ticketId")
    is_private = BooleanAttribute(null=True, attr_name="isPrivate")
    expires_at = SecondsAttribute(null=True, attr_name="expiresAt")  # the table's time to live

    by_user = AttachmentsByUser()

    @classmethod
    def of(cls, attachment: Attachment) -> Self:
        return cls(
            attachment.attachment_id,
            user_id=attachment.user_id,
            name=attachment.name,
            content_type=str(attachment.type),
            size_bytes=attachment.size_bytes,
            offered_at=attachment.offered_at,
            state=str(attachment.state),
            reason=str(attachment.reason) if attachment.reason else None,
            version_id=attachment.version_id,
            ticket_id=attachment.ticket_id,
            is_private=attachment.is_private or None,
            expires_at=None if attachment.ticket_id else attachment.offered_at + KEPT,
        )

    def to_attachment(self) -> Attachment:
        return Attachment(
            attachment_id=self.attachment_id,
            user_id=self.user_id,
            name=self.name,
            type=FileType(self.content_type),
            size_bytes=self.size_bytes,
            offered_at=self.offered_at,
            state=AttachmentState(self.state),
            reason=Flaw(self.reason) if self.reason else None,
            version_id=self.version_id,
            ticket_id=self.ticket_id,
            is_private=bool(self.is_private),
        )
