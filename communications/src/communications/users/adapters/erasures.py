"""Erasures in DynamoDB."""

import uuid
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from pynamodb.attributes import UnicodeAttribute, UnicodeSetAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from communications.users.adapters.records import AddressRecord, UserRecord
from communications.users.domain.addresses import keys_of
from communications.users.domain.erasures import Erasure
from shared.dynamodb.attributes import MomentAttribute
from shared.dynamodb.records import ConditionFailed, Record, select
from shared.dynamodb.transactions import Transaction
from shared.events.changes import Named
from shared.events.domain_events import DomainEvent
from shared.people.dynamo_directory import DynamoDirectory
from shared.persistence.unit_of_work import StillConflicting, WriteRefused

_NAMESPACE = uuid.UUID("3d0e2a52-9d0f-5c3e-8a55-6a9e6f0c7b21")
_OPEN = "open"
_ATTEMPTS = 10
_ERASURE, _USER, _ADDRESS = "erasure", "user", "address"


class OpenErasures(GlobalSecondaryIndex["ErasureRecord"]):
    """Sparse: those that are complete are not among them."""

    class Meta:
        index_name = "Open"
        projection = AllProjection()

    open = UnicodeAttribute(hash_key=True)
    requested_at = MomentAttribute(range_key=True, attr_name="requestedAt")


class ErasureRecord(Record):
    """An id that leads to nobody any more; kept for good."""

    open_erasures = OpenErasures()

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    requested_at = MomentAttribute(attr_name="requestedAt")
    open = UnicodeAttribute(null=True)
    erased_by = UnicodeSetAttribute(null=True, attr_name="erasedBy")
    completed_at = MomentAttribute(null=True, attr_name="completedAt")

    def to_erasure(self) -> Erasure:
        return Erasure(self.user_id, self.requested_at, frozenset(self.erased_by or ()), self.completed_at)


class DynamoErasures:
    def __init__(self, erasures_table: str, users_table: str, addresses_table: str, directory: DynamoDirectory) -> None:
        self._erasures, self._directory = ErasureRecord.at(erasures_table), directory
        self._users, self._addresses = UserRecord.at(users_table), AddressRecord.at(addresses_table)

    def find(self, user_id: str) -> Erasure | None:
        """One consistent GetItem."""
        record = self._erasures.find(user_id)
        return record.to_erasure() if record else None

    def begin(self, user_id: str, now: datetime) -> None:
        """One GetItem and one transaction, again where the record has changed meanwhile."""
        for _ in range(_ATTEMPTS):
            if self.find(user_id) is not None:
                return
            transaction = Transaction()
            erasure = self._erasures(user_id, requested_at=now, open=_OPEN)
            transaction.save(_ERASURE, erasure, ErasureRecord.user_id.does_not_exist())
            self._remove(transaction, user_id)
            with suppress(WriteRefused):
                transaction.commit()
        raise StillConflicting(frozenset({_ERASURE}))

    def erased(self, user_id: str, context: str) -> Erasure | None:
        """One update."""
        try:
            record = self._erasures(user_id).change(
                ErasureRecord.erased_by.add({context}), condition=ErasureRecord.user_id.exists()
            )
        except ConditionFailed:
            return None
        return record.to_erasure()

    def complete(self, user_id: str, now: datetime) -> None:
        """One update."""
        actions = ErasureRecord.completed_at.set(now), ErasureRecord.open.remove()
        self._erasures(user_id).change(*actions, condition=ErasureRecord.user_id.exists())

    def open(self) -> Iterable[Erasure]:
        """One query of an index, which follows the table within a moment."""
        return [record.to_erasure() for record in select(self._erasures.open_erasures, _OPEN)]

    def _remove(self, transaction: Transaction, user_id: str) -> None:
        record = self._users.find(user_id)
        if record is None:  # whoever signed up a moment ago: the event that would make the record finds the erasure
            transaction.require(_USER, self._users(user_id), UserRecord.user_id.does_not_exist())
            return
        user = record.to_user()
        transaction.remove(_USER, record, UserRecord.version == user.version)
        for address in self._addresses.find_many(sorted(keys_of(user.email, user.phone))):
            if address.user_id == user_id:
                transaction.remove(_ADDRESS, address, AddressRecord.user_id == user_id)
        self._directory.leave(transaction, user.person)


def user_deleted(erasure: Erasure) -> Named:
    """Whenever it is published, it is the same event."""
    return "UserDeleted", DomainEvent(
        str(uuid.uuid5(_NAMESPACE, erasure.user_id)), 1, erasure.requested_at, erasure.user_id, {}
    )
