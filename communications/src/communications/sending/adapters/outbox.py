"""The outbox in DynamoDB: one item for each row, written on the condition of the version that was read."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any, Self

from pynamodb.attributes import UnicodeAttribute, UnicodeSetAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from communications.sending.domain.outbox import (
    KEPT,
    LOOKED_AFTER,
    Channel,
    Content,
    Mail,
    OutboxRow,
    Push,
    SendState,
    Sms,
)
from shared.dynamodb.attributes import DocumentAttribute, IntegerAttribute, MomentAttribute, SecondsAttribute
from shared.dynamodb.connection import readers
from shared.dynamodb.records import ConditionFailed, Image, Record, select
from shared.dynamodb.transactions import Transaction
from shared.errors import VersionConflict
from shared.persistence.unit_of_work import UnitOfWork

SHARDS = 4
"""Parts of the index of each state: one takes 1,000 writes a second."""


class ByDue(GlobalSecondaryIndex["OutboxRecord"]):
    class Meta:
        index_name = "ByDue"
        projection = KeysOnlyProjection()

    shard = UnicodeAttribute(hash_key=True)
    due_at = MomentAttribute(range_key=True, attr_name="dueAt")


class ByUser(GlobalSecondaryIndex["OutboxRecord"]):
    class Meta:
        index_name = "ByUser"
        projection = KeysOnlyProjection()

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    created_at = MomentAttribute(range_key=True, attr_name="createdAt")


class OutboxRecord(Record):
    """`shard`, such as `pending#3`, is there while somebody has to look after the row."""

    by_due = ByDue()
    by_user = ByUser()

    outbox_id = UnicodeAttribute(hash_key=True, attr_name="outboxId")
    event_id = UnicodeAttribute(attr_name="eventId")
    user_id = UnicodeAttribute(attr_name="userId")
    channel = UnicodeAttribute()
    category = UnicodeAttribute(null=True)
    notification_id = UnicodeAttribute(null=True, attr_name="notificationId")
    address = UnicodeAttribute(null=True)
    content = DocumentAttribute()
    created_at = MomentAttribute(attr_name="createdAt")
    due_at = MomentAttribute(attr_name="dueAt")
    drop_after = MomentAttribute(attr_name="dropAfter")
    state = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    attempt = IntegerAttribute()
    claim = UnicodeAttribute(null=True)
    reached = UnicodeSetAttribute(null=True)
    provider_id = UnicodeAttribute(null=True, attr_name="providerId")
    version = IntegerAttribute()
    shard = UnicodeAttribute(null=True)
    expires_at = SecondsAttribute(attr_name="expiresAt")

    @classmethod
    def of(cls, row: OutboxRow) -> Self:
        return cls(
            row.outbox_id,
            event_id=row.event_id,
            user_id=row.user_id,
            channel=row.channel.value,
            category=row.category,
            notification_id=row.notification_id,
            address=row.address,
            content=_document(row.content),
            created_at=row.created_at,
            due_at=row.due_at,
            drop_after=row.drop_after,
            state=row.state.value,
            reason=row.reason,
            attempt=row.attempt,
            claim=row.claim,
            reached=set(row.reached) or None,
            provider_id=row.provider_id,
            version=row.version,
            shard=_shards(row.state)[_number(row.outbox_id)] if row.is_open else None,
            expires_at=row.drop_after + KEPT,
        )

    def to_row(self) -> OutboxRow:
        return OutboxRow(
            event_id=self.event_id,
            user_id=self.user_id,
            category=self.category,
            notification_id=self.notification_id,
            address=self.address,
            content=_content(Channel(self.channel), self.content),
            created_at=self.created_at,
            due_at=self.due_at,
            drop_after=self.drop_after,
            state=SendState(self.state),
            reason=self.reason,
            attempt=self.attempt,
            claim=self.claim,
            reached=frozenset(self.reached or ()),
            provider_id=self.provider_id,
            version=self.version,
        )


class DynamoOutbox:
    """The Outbox table."""

    def __init__(self, outbox_table: str) -> None:
        self._rows = OutboxRecord.at(outbox_table)

    def add(self, row: OutboxRow, unit_of_work: UnitOfWork) -> None:
        """A put of a transaction."""
        is_new = OutboxRecord.outbox_id.does_not_exist()
        Transaction.of(unit_of_work).save(row.outbox_id, self._rows.of(row), is_new)

    def find(self, outbox_id: str) -> OutboxRow | None:
        """One consistent GetItem."""
        record = self._rows.find(outbox_id)
        return record.to_row() if record else None

    def save(self, row: OutboxRow, unit_of_work: UnitOfWork | None = None) -> OutboxRow:
        """One PutItem, or a part of a transaction."""
        saved = replace(row, version=row.version + 1)
        record, as_read = self._rows.of(saved), OutboxRecord.version == row.version
        if unit_of_work is not None:
            Transaction.of(unit_of_work).save(row.outbox_id, record, as_read)
            return saved
        try:
            record.put(as_read)
        except ConditionFailed as error:
            raise VersionConflict("outbox row") from error
        return saved

    def due(self, state: SendState, now: datetime, limit: int) -> Sequence[str]:
        """One Query of each shard, at once, which costs 0.5 RCU for each 4 KB of keys."""
        is_due = ByDue.due_at <= now
        found = readers().map(lambda shard: select(self._rows.by_due, shard, is_due, limit=limit), _shards(state))
        records = sorted((record for shard in found for record in shard), key=lambda record: record.due_at)
        return [record.outbox_id for record in records[:limit]]

    def note_published(self, outbox_ids: Sequence[str], now: datetime) -> None:
        """One conditional UpdateItem each, several at once."""
        list(readers().map(lambda outbox_id: self._look_after(outbox_id, now), outbox_ids))

    def of_user(self, user_id: str, limit: int) -> Sequence[str]:
        """One Query of an index, of keys only."""
        records = select(self._rows.by_user, user_id, newest_first=True, limit=limit)
        return [record.outbox_id for record in records]

    def _look_after(self, outbox_id: str, now: datetime) -> None:
        later = [OutboxRecord.due_at.set(now + LOOKED_AFTER), OutboxRecord.version.add(1)]
        is_due = (OutboxRecord.state == SendState.PENDING.value) & (OutboxRecord.due_at <= now)
        with suppress(ConditionFailed):  # somebody has claimed it meanwhile
            self._rows(outbox_id).change(*later, condition=is_due, at_most_once=True)


def row_of_image(image: Image) -> OutboxRow:
    """A row as the table's stream has it. Raises KeyError, TypeError or ValueError where it is none."""
    return OutboxRecord.of_image(image).to_row()


def _shards(state: SendState) -> list[str]:
    return [f"{state}#{number}" for number in range(SHARDS)]


def _number(outbox_id: str) -> int:
    return hashlib.sha256(outbox_id.encode()).digest()[0] % SHARDS


def _document(content: Content) -> dict[str, Any]:
    match content:
        case Mail():
            return {"subject": content.subject, "text": content.text, "html": content.html}
        case Sms():
            return {"text": content.text}
        case Push():
            return {"title": content.title, "body": content.body, "data": dict(content.data)}


def _content(channel: Channel, document: dict[str, Any]) -> Content:
    match channel:
        case Channel.EMAIL:
            return Mail(**document)
        case Channel.SMS:
            return Sms(**document)
        case Channel.PUSH:
            return Push(**document)
