"""Users in DynamoDB."""

from collections.abc import Sequence

from pynamodb.expressions.condition import Condition

from communications.users.adapters.records import AddressRecord, UserRecord
from communications.users.domain.addresses import AddressTaken, keys_of
from communications.users.domain.users import User
from shared.dynamodb.transactions import Transaction
from shared.erasure.tombstones import ERASED, DynamoTombstones
from shared.errors import VersionConflict
from shared.idempotency.claims import translated_refusals
from shared.people.dynamo_directory import DynamoDirectory
from shared.persistence.unit_of_work import Write, WriteRefused

_USER, _ADDRESS, _GIVEN_UP = "user", "address", "given up"


class DynamoUsers:
    """Reads the Users table."""

    def __init__(self, users_table: str) -> None:
        self._users = UserRecord.at(users_table)

    def find(self, user_id: str) -> User | None:
        """One consistent GetItem."""
        record = self._users.find(user_id)
        return record.to_user() if record else None

    def find_many(self, user_ids: Sequence[str]) -> Sequence[User]:
        """One consistent BatchGetItem for each hundred."""
        return [record.to_user() for record in self._users.find_many(user_ids)]


class DynamoUserRecords(DynamoUsers):
    """Writes it, and what users are found by: Addresses, of which each belongs to one user, and the directory."""

    def __init__(
        self, users_table: str, addresses_table: str, directory: DynamoDirectory, tombstones: DynamoTombstones
    ) -> None:
        super().__init__(users_table)
        self._addresses = AddressRecord.at(addresses_table)
        self._directory, self._tombstones = directory, tombstones

    def add(self, user: User, also: Write | None = None) -> bool:
        """One transaction: the user, the addresses and the entries of the directory."""
        transaction = Transaction()
        self._tombstones.require_none(transaction, user.user_id)
        transaction.save(_USER, self._users.of(user), UserRecord.user_id.does_not_exist())
        for key in keys_of(user.email, user.phone):
            transaction.save(_ADDRESS, self._addresses(key, user_id=user.user_id), _is_free_or_of(user.user_id))
        self._directory.enter(transaction, user.person)
        if also:
            also(transaction)
        try:
            with translated_refusals():
                transaction.commit()
        except WriteRefused as error:
            if not error.refused.isdisjoint({_USER, ERASED}):
                return False
            raise AddressTaken from error
        return True

    def replace(self, user: User, before: User) -> None:
        """One transaction: the user, conditional on the version before, and what else has changed."""
        transaction = Transaction()
        transaction.save(_USER, self._users.of(user), UserRecord.version == before.version)
        held, wanted = keys_of(before.email, before.phone), keys_of(user.email, user.phone)
        for key in sorted(held - wanted):
            transaction.remove(_GIVEN_UP, self._addresses(key), _is_free_or_of(user.user_id))
        for key in sorted(wanted - held):
            transaction.save(_ADDRESS, self._addresses(key, user_id=user.user_id), _is_free_or_of(user.user_id))
        if user.person != before.person:
            self._directory.enter(transaction, user.person, before.person)
        try:
            transaction.commit()
        except WriteRefused as error:
            if _USER in error.refused:
                raise VersionConflict("user", before.version) from error
            raise AddressTaken from error

    def owner(self, address_key: str) -> str | None:
        """One consistent GetItem."""
        record = self._addresses.find(address_key)
        return record.user_id if record else None


def _is_free_or_of(user_id: str) -> Condition:
    condition: Condition = AddressRecord.user_id.does_not_exist() | (AddressRecord.user_id == user_id)
    return condition
