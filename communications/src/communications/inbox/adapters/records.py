"""Inboxes as the tables have them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

from pynamodb.attributes import UnicodeAttribute

from communications.inbox.domain.inbox import KEPT, Head, Kind, NumberedEntry, Unread
from shared.dynamodb.attributes import DocumentAttribute, IntegerAttribute, SecondsAttribute
from shared.dynamodb.records import Record


class HeadRecord(Record):
    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    last_seq = IntegerAttribute(attr_name="lastSeq")
    unread_messages = IntegerAttribute(attr_name="unreadMessages")
    unread_notifications = IntegerAttribute(attr_name="unreadNotifications")

    @classmethod
    def of(cls, last: NumberedEntry) -> Self:
        return cls(
            last.user_id,
            last_seq=last.seq,
            unread_messages=last.unread.messages,
            unread_notifications=last.unread.notifications,
        )

    def to_head(self) -> Head:
        return Head(self.user_id, self.last_seq, Unread(self.unread_messages, self.unread_notifications))


class EntryRecord(Record):
    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    seq = IntegerAttribute(range_key=True)
    kind = UnicodeAttribute(attr_name="type")
    data = DocumentAttribute()
    unread_messages = IntegerAttribute(attr_name="unreadMessages")
    unread_notifications = IntegerAttribute(attr_name="unreadNotifications")
    expires_at = SecondsAttribute(attr_name="expiresAt")

    @classmethod
    def of(cls, entry: NumberedEntry, now: datetime) -> Self:
        return cls(
            entry.user_id,
            entry.seq,
            kind=entry.kind,
            data=dict(entry.data),
            unread_messages=entry.unread.messages,
            unread_notifications=entry.unread.notifications,
            expires_at=now + KEPT,
        )

    def to_entry(self) -> NumberedEntry:
        unread = Unread(self.unread_messages, self.unread_notifications)
        return NumberedEntry(self.user_id, self.seq, Kind(self.kind), self.data, unread)


def entry_of_record(record: Mapping[str, Any]) -> NumberedEntry:
    """The entry that a record of the table's stream adds. Raises KeyError, TypeError or ValueError."""
    return EntryRecord.of_image(record["dynamodb"]["NewImage"]).to_entry()
