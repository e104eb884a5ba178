"""Supporters in DynamoDB."""

from datetime import datetime

from personalization.supporters.adapters.records import SupporterRecord
from personalization.supporters.domain.supporter import Supporter
from shared.dynamodb.records import ConditionFailed
from shared.dynamodb.transactions import Transaction
from shared.erasure.tombstones import DynamoTombstones
from shared.errors import VersionConflict
from shared.people.dynamo_directory import DynamoDirectory
from shared.people.person import Person
from shared.persistence.unit_of_work import WriteRefused

_SUPPORTER = "supporter"


class DynamoSupporters:
    """Writes the Users table, and the Directory table, by which staff find supporters."""

    def __init__(self, users_table: str, directory: DynamoDirectory, tombstones: DynamoTombstones) -> None:
        self._users, self._directory = SupporterRecord.at(users_table), directory
        self._tombstones = tombstones

    def add(self, supporter: Supporter) -> bool:
        """One transaction: the supporter and their entries."""
        transaction = Transaction()
        self._tombstones.require_none(transaction, supporter.user_id)
        transaction.save(_SUPPORTER, self._users.of(supporter), SupporterRecord.user_id.does_not_exist())
        self._directory.enter(transaction, _person(supporter))
        try:
            transaction.commit()
        except WriteRefused:
            return False
        return True

    def find(self, user_id: str) -> Supporter | None:
        """One consistent GetItem."""
        return supporter_of(self._users, user_id)

    def was_erased(self, user_id: str) -> bool:
        """One consistent GetItem."""
        return self._tombstones.stands_for(user_id)

    def replace(self, supporter: Supporter, before: Supporter) -> None:
        """One put, conditional on the version before; of somebody with another name, a transaction with the entries."""
        seen = SupporterRecord.version == supporter.version - 1
        person, old = _person(supporter), _person(before)
        try:
            if person == old:
                self._users.of(supporter).put(seen)
                return
            transaction = Transaction()
            transaction.save(_SUPPORTER, self._users.of(supporter), seen)
            self._directory.enter(transaction, person, old)
            transaction.commit()
        except (ConditionFailed, WriteRefused) as error:
            raise VersionConflict from error

    def erase(self, user_id: str, _: datetime) -> bool:
        """One GetItem and one transaction. False where the record has changed meanwhile."""
        record = self._users.find(user_id)
        if record is None:
            return True
        transaction = Transaction()
        transaction.remove(_SUPPORTER, record, SupporterRecord.version == record.version)
        self._directory.leave(transaction, _person(record.to_supporter()))
        try:
            transaction.commit()
        except WriteRefused:
            return False
        return True


def _person(supporter: Supporter) -> Person:
    return Person(supporter.user_id, supporter.name, supporter.email)


def supporter_of(users: type[SupporterRecord], user_id: str) -> Supporter | None:
    """One GetItem."""
    record = users.find(user_id)
    return record.to_supporter() if record else None
