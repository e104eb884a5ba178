"""Conversations, messages and what belongs to them as their tables have them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from communications.conversations.domain.conversations import Conversation, Membership
from communications.conversations.domain.message_events import event_of
from communications.conversations.domain.messages import Message, Pointer
from communications.conversations.domain.reports import Act, Decision, Report, State, TrailEntry
from shared.dynamodb.attributes import DocumentAttribute, IntegerAttribute, MomentAttribute, TextsAttribute
from shared.dynamodb.records import Record
from shared.events.domain_events import DomainEvent


class MessageRecord(Record):
    """`copy` is whose it is, by which the stream's filters go: `sender`, `recipient`, or `withheld` from one."""

    message_id = UnicodeAttribute(hash_key=True, attr_name="messageId")
    user_id = UnicodeAttribute(range_key=True, attr_name="userId")
    conversation_id = UnicodeAttribute(attr_name="conversationId")
    sender_id = UnicodeAttribute(attr_name="senderId")
    content = UnicodeAttribute()
    copy = UnicodeAttribute()
    seq = IntegerAttribute(null=True)
    changed_seq = IntegerAttribute(null=True, attr_name="changedSeq")
    version = IntegerAttribute()
    deleted = BooleanAttribute()
    recipients = TextsAttribute(null=True)
    created_at = MomentAttribute(attr_name="createdAt")
    updated_at = MomentAttribute(attr_name="updatedAt")

    @classmethod
    def of(cls, copy: Message) -> Self:
        return cls(
            copy.message_id,
            copy.user_id,
            conversation_id=copy.conversation_id,
            sender_id=copy.sender_id,
            content=copy.content,
            copy="withheld" if copy.is_withheld else "sender" if copy.is_own else "recipient",
            seq=copy.seq,
            changed_seq=copy.changed_seq,
            version=copy.version,
            deleted=copy.deleted,
            recipients=copy.recipients or None,
            created_at=copy.created_at,
            updated_at=copy.updated_at,
        )

    def to_message(self) -> Message:
        return Message(
            message_id=self.message_id,
            user_id=self.user_id,
            conversation_id=self.conversation_id,
            sender_id=self.sender_id,
            content=self.content,
            seq=self.seq,
            changed_seq=self.changed_seq,
            version=self.version,
            deleted=self.deleted,
            recipients=self.recipients or (),
            created_at=self.created_at,
            updated_at=self.updated_at,
        )


def message_of_image(image: Mapping[str, Any]) -> Message:
    """A copy as the table's stream has it. Raises KeyError, TypeError or ValueError."""
    return MessageRecord.of_image(image).to_message()


def event_of_image(image: Mapping[str, Any]) -> tuple[str, DomainEvent] | None:
    """What is published of a new copy. Raises as `message_of_image` does."""
    return event_of(message_of_image(image))


class PointerRecord(Record):
    """`threadId` is `{conversationId}#{userId}`; that of latest changes ends with `#changes`."""

    thread_id = UnicodeAttribute(hash_key=True, attr_name="threadId")
    seq = IntegerAttribute(range_key=True)
    message_id = UnicodeAttribute(attr_name="messageId")
    sender_id = UnicodeAttribute(attr_name="senderId")

    def to_pointer(self) -> Pointer:
        return Pointer(self.seq, self.message_id, self.sender_id)


class ConversationRecord(Record):
    conversation_id = UnicodeAttribute(hash_key=True, attr_name="conversationId")
    members = TextsAttribute()
    created_by = UnicodeAttribute(attr_name="createdBy")
    created_at = MomentAttribute(attr_name="createdAt")

    @classmethod
    def of(cls, conversation: Conversation) -> Self:
        return cls(
            conversation.conversation_id,
            members=conversation.members,
            created_by=conversation.created_by,
            created_at=conversation.created_at,
        )

    def to_conversation(self) -> Conversation:
        return Conversation(self.conversation_id, self.members, self.created_by, self.created_at)


class MembershipsByActivity(GlobalSecondaryIndex["MembershipRecord"]):
    class Meta:
        index_name = "ByActivity"
        projection = AllProjection()

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    last_message_id = UnicodeAttribute(range_key=True, attr_name="lastMessageId")


class MembershipRecord(Record):
    """`cause` is what changed it last: of the stream, receipts are made of `read`."""

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    conversation_id = UnicodeAttribute(range_key=True, attr_name="conversationId")
    unread = IntegerAttribute()
    read_up_to = IntegerAttribute(attr_name="readUpTo", null=True)
    last_seq = IntegerAttribute(attr_name="lastSeq")
    last_message_id = UnicodeAttribute(attr_name="lastMessageId")
    receipts = DocumentAttribute(null=True)
    cause = UnicodeAttribute()

    by_activity = MembershipsByActivity()

    def to_membership(self) -> Membership:
        return Membership(
            self.user_id,
            self.conversation_id,
            self.unread,
            self.read_up_to or 0,
            self.last_seq,
            self.last_message_id,
            self.receipts or {},
        )


def membership_of_image(image: Mapping[str, Any]) -> Membership:
    """A membership as the table's stream has it. Raises KeyError, TypeError or ValueError."""
    return MembershipRecord.of_image(image).to_membership()


class BlockRecord(Record):
    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    blocked_id = UnicodeAttribute(range_key=True, attr_name="blockedId")
    created_at = MomentAttribute(attr_name="createdAt")


class ReportsByState(GlobalSecondaryIndex["ReportRecord"]):
    class Meta:
        index_name = "ByState"
        projection = AllProjection()

    state = UnicodeAttribute(hash_key=True)
    report_id = UnicodeAttribute(range_key=True, attr_name="reportId")


class ReportRecord(Record):
    """The first row of a report is the report itself, the only one with a state; the others are its trail."""

    report_id = UnicodeAttribute(hash_key=True, attr_name="reportId")
    moment = MomentAttribute(range_key=True, attr_name="at")
    conversation_id = UnicodeAttribute(attr_name="conversationId", null=True)
    reporter_id = UnicodeAttribute(attr_name="reporterId", null=True)
    reason = UnicodeAttribute(null=True)
    seq = IntegerAttribute(null=True)
    state = UnicodeAttribute(null=True)
    by = UnicodeAttribute(null=True)
    act = UnicodeAttribute(null=True)
    decision = UnicodeAttribute(null=True)
    note = UnicodeAttribute(null=True)
    message_ids = TextsAttribute(attr_name="messageIds", null=True)

    by_state = ReportsByState()

    @classmethod
    def of(cls, report: Report) -> Self:
        return cls(
            report.report_id,
            report.reported_at,
            conversation_id=report.conversation_id,
            reporter_id=report.reporter_id,
            reason=report.reason,
            seq=report.seq,
            state=report.state,
        )

    @classmethod
    def of_entry(cls, report_id: str, entry: TrailEntry, at: datetime) -> Self:
        return cls(
            report_id,
            at,
            by=entry.by,
            act=entry.act,
            decision=entry.decision,
            note=entry.note or None,
            message_ids=entry.message_ids or None,
        )

    def to_report(self, trail: tuple[TrailEntry, ...] = ()) -> Report:
        return Report(
            report_id=self.report_id,
            conversation_id=self.conversation_id or "",
            reporter_id=self.reporter_id or "",
            reason=self.reason or "",
            seq=self.seq or 0,
            reported_at=self.moment,
            state=State(self.state),
            trail=trail,
        )

    def to_entry(self) -> TrailEntry:
        decision = Decision(self.decision) if self.decision else None
        return TrailEntry(self.moment, self.by or "", Act(self.act), decision, self.note or "", self.message_ids or ())
