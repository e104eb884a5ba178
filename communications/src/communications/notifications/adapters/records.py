"""Notifications, decisions and caps as their tables have them."""

from typing import Any, Self

from pynamodb.attributes import Attribute, BooleanAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection

from communications.notifications.domain import notifications as domain
from communications.notifications.domain.deciding import Decision, Outcome, Reason
from communications.notifications.domain.notification import KEPT, Notification
from communications.notifications.domain.types import Channel
from communications.sending.domain.suppressions import Cause
from shared.dynamodb.attributes import IntegerAttribute, MomentAttribute, SecondsAttribute, TextsAttribute
from shared.dynamodb.records import Record, without_nulls

SNOOZED = "snoozed"
"""The only partition of its index: a snooze is something that somebody does by hand."""


class ByUser(GlobalSecondaryIndex["NotificationRecord"]):
    class Meta:
        index_name = "ByUser"
        projection = AllProjection()

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    notification_id = UnicodeAttribute(range_key=True, attr_name="notificationId")


class Unread(GlobalSecondaryIndex["NotificationRecord"]):
    class Meta:
        index_name = "Unread"
        projection = IncludeProjection(["seenAt"])

    unread_of = UnicodeAttribute(hash_key=True, attr_name="unreadOf")
    notification_id = UnicodeAttribute(range_key=True, attr_name="notificationId")
    seen_at = MomentAttribute(null=True, attr_name="seenAt")


class Snoozed(GlobalSecondaryIndex["NotificationRecord"]):
    class Meta:
        index_name = "Snoozed"
        projection = KeysOnlyProjection()

    snoozed = UnicodeAttribute(hash_key=True)
    snoozed_until = MomentAttribute(range_key=True, attr_name="snoozedUntil")


class NotificationRecord(Record):
    """`unread_of` is the user while it counts as unread; `snoozed` is there while it is."""

    by_user, unread, by_snooze = ByUser(), Unread(), Snoozed()

    notification_id = UnicodeAttribute(hash_key=True, attr_name="notificationId")
    user_id = UnicodeAttribute(range_key=True, attr_name="userId")
    type = UnicodeAttribute()
    title = UnicodeAttribute()
    content = UnicodeAttribute()
    event = UnicodeAttribute()
    event_id = UnicodeAttribute(attr_name="eventId")
    created_at = MomentAttribute(attr_name="createdAt")
    subject = UnicodeAttribute(null=True)
    position = IntegerAttribute()
    read = BooleanAttribute()
    seen_at = MomentAttribute(null=True, attr_name="seenAt")
    archived_at = MomentAttribute(null=True, attr_name="archivedAt")
    snoozed_until = MomentAttribute(null=True, attr_name="snoozedUntil")
    unread_of = UnicodeAttribute(null=True, attr_name="unreadOf")
    snoozed = UnicodeAttribute(null=True)
    expires_at = SecondsAttribute(attr_name="expiresAt")

    @classmethod
    def of(cls, notification: Notification) -> Self:
        return cls(
            notification.notification_id,
            notification.user_id,
            type=notification.type,
            title=notification.title,
            content=notification.content,
            event=notification.event,
            event_id=notification.event_id,
            created_at=notification.created_at,
            subject=notification.subject,
            position=notification.position,
            read=notification.read,
            seen_at=notification.seen_at,
            archived_at=notification.archived_at,
            snoozed_until=notification.snoozed_until,
            unread_of=_unread_of(notification),
            snoozed=SNOOZED if notification.snoozed_until else None,
            expires_at=notification.created_at + KEPT,
        )

    @classmethod
    def states_of(cls, notification: Notification) -> list[Action]:
        states: list[tuple[Attribute[Any], Any]] = [
            (cls.read, notification.read),
            (cls.seen_at, notification.seen_at),
            (cls.archived_at, notification.archived_at),
            (cls.snoozed_until, notification.snoozed_until),
            (cls.unread_of, _unread_of(notification)),
            (cls.snoozed, SNOOZED if notification.snoozed_until else None),
        ]
        return without_nulls(attribute.set(value) for attribute, value in states)

    def to_notification(self) -> Notification:
        return Notification(
            notification_id=self.notification_id,
            user_id=self.user_id,
            type=self.type,
            title=self.title,
            content=self.content,
            event=self.event,
            event_id=self.event_id,
            created_at=self.created_at,
            subject=self.subject,
            position=self.position,
            read=self.read,
            seen_at=self.seen_at,
            archived_at=self.archived_at,
            snoozed_until=self.snoozed_until,
        )


class DecisionRecord(Record):
    notification_id = UnicodeAttribute(hash_key=True, attr_name="notificationId")
    channel = UnicodeAttribute(range_key=True)
    outcome = UnicodeAttribute()
    reason = UnicodeAttribute()
    until = MomentAttribute(null=True)
    decided_at = MomentAttribute(attr_name="at")
    outbox_id = UnicodeAttribute(null=True, attr_name="outboxId")
    expires_at = SecondsAttribute(attr_name="expiresAt")

    @classmethod
    def of(cls, notification_id: str, record: domain.Record) -> Self:
        decision = record.decision
        return cls(
            notification_id,
            decision.channel.value,
            outcome=decision.outcome.value,
            reason=decision.reason.value,
            until=decision.until,
            decided_at=record.at,
            outbox_id=record.outbox_id,
            expires_at=record.at + KEPT,
        )

    def to_record(self) -> domain.Record:
        reason = Reason(self.reason) if self.reason in set(Reason) else Cause(self.reason)
        decision = Decision(Channel(self.channel), Outcome(self.outcome), reason, self.until)
        return domain.Record(decision, self.decided_at, self.outbox_id)


class CapRecord(Record):
    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    sent = TextsAttribute()
    expires_at = SecondsAttribute(attr_name="expiresAt")


def _unread_of(notification: Notification) -> str | None:
    return notification.user_id if notification.is_counted else None
