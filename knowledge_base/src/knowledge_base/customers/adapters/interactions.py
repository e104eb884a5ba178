"""Interactions in DynamoDB, and which version of a customer is the latest."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Self

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from knowledge_base.customers.domain.interactions import Interaction, InteractionKind
from knowledge_base.customers.domain.versions import Version
from shared.dynamodb.attributes import MomentAttribute, SecondsAttribute
from shared.dynamodb.connection import readers
from shared.dynamodb.records import Record, select
from shared.dynamodb.transactions import Transaction
from shared.erasure.removing import remove_all
from shared.erasure.tombstones import DynamoTombstones
from shared.ids import new_id
from shared.json.encoding import rfc3339
from shared.persistence.unit_of_work import WriteRefused

_VERSIONS_KEPT = timedelta(days=1)
"""Longer than any function keeps what it has read: see ContextCacheSeconds."""
_INTERACTION, _VERSION = "interaction", "version"


class InteractionRecord(Record):
    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    interaction_id = UnicodeAttribute(range_key=True, attr_name="interactionId")
    kind = UnicodeAttribute()
    reference = UnicodeAttribute()
    occurred_at = MomentAttribute(attr_name="occurredAt")
    sentiment = NumberAttribute(null=True)
    expires_at = SecondsAttribute(attr_name="expiresAt")  # the table's time to live

    @classmethod
    def of(cls, interaction: Interaction, kept_for: timedelta) -> Self:
        return cls(
            interaction.user_id,
            interaction.interaction_id,
            kind=interaction.kind.value,
            reference=interaction.reference,
            occurred_at=interaction.at,
            sentiment=interaction.sentiment,
            expires_at=interaction.at + kept_for,
        )

    def to_interaction(self) -> Interaction:
        return Interaction(
            user_id=self.user_id,
            interaction_id=self.interaction_id,
            kind=InteractionKind(self.kind),
            reference=self.reference,
            at=self.occurred_at,
            sentiment=self.sentiment,
        )


class VersionRecord(Record):
    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    version = UnicodeAttribute()
    changed_at = MomentAttribute(attr_name="changedAt")
    expires_at = SecondsAttribute(attr_name="expiresAt")  # the table's time to live

    @classmethod
    def new(cls, user_id: str, now: datetime) -> Self:
        return cls(user_id, version=new_id(now), changed_at=now, expires_at=now + _VERSIONS_KEPT)


class DynamoVersions:
    def __init__(self, versions_table: str) -> None:
        self._versions = VersionRecord.at(versions_table)

    def find(self, user_id: str) -> Version | None:
        """One consistent GetItem."""
        found = self._versions.find(user_id)
        return Version(found.version, found.changed_at) if found else None

    def touch(self, user_ids: Collection[str], now: datetime) -> None:
        """One PutItem each, some at the same time."""
        list(readers().map(lambda user_id: self._versions.new(user_id, now).put(), user_ids))

    def add_touch(self, user_id: str, now: datetime, transaction: Transaction) -> None:
        transaction.save(_VERSION, self._versions.new(user_id, now))


class DynamoInteractions:
    """`kept_for` counts from when each of them was. A shorter one holds at once, also for what is there already."""

    def __init__(
        self, interactions_table: str, versions: DynamoVersions, tombstones: DynamoTombstones, kept_for: timedelta
    ) -> None:
        self._interactions = InteractionRecord.at(interactions_table)
        self._versions, self._tombstones, self._kept_for = versions, tombstones, kept_for

    def note(self, interaction: Interaction, now: datetime) -> bool:
        """One transaction."""
        transaction = Transaction()
        is_new = InteractionRecord.user_id.does_not_exist()
        transaction.save(_INTERACTION, self._interactions.of(interaction, self._kept_for), is_new)
        self._tombstones.require_none(transaction, interaction.user_id)
        return self._committed(transaction, interaction.user_id, now)

    def feel(self, interaction: Interaction, sentiment: float, now: datetime) -> bool:
        """One transaction."""
        transaction = Transaction()
        record = self._interactions(interaction.user_id, interaction.interaction_id)
        felt = [InteractionRecord.sentiment.set(sentiment)]
        transaction.change(_INTERACTION, record, felt, InteractionRecord.user_id.exists())
        return self._committed(transaction, interaction.user_id, now)

    def newest(self, user_id: str, limit: int, now: datetime) -> tuple[Interaction, ...]:
        """One consistent Query. The ids begin with the time, so what has expired is not even read."""
        alive = InteractionRecord.interaction_id > rfc3339(now - self._kept_for)
        found = select(self._interactions, user_id, alive, newest_first=True, limit=limit)
        return tuple(record.to_interaction() for record in found)

    def erase(self, user_id: str, _: datetime) -> bool:
        """All that are left of whoever was erased; the tombstone keeps others from coming."""
        remove_all(self._interactions, user_id, [InteractionRecord.user_id, InteractionRecord.interaction_id])
        return True

    def _committed(self, transaction: Transaction, user_id: str, now: datetime) -> bool:
        self._versions.add_touch(user_id, now, transaction)
        try:
            transaction.commit()
        except WriteRefused:
            return False
        return True
