"""Users in DynamoDB."""

from communications.users.adapters.records import AddressRecord, UserRecord
from communications.users.domain.addresses import AddressTaken, email_key
from communications.users.domain.users import User
from shared.dynamodb.transactions import Transaction
from shared.persistence.unit_of_work import WriteRefused

_USER, _ADDRESS = "user", "address"


class DynamoUsers:
    """Writes the Users table, and the Addresses table, in which each address belongs to one user."""

    def __init__(self, users_table: str, addresses_table: str) -> None:
        self._users, self._addresses = UserRecord.at(users_table), AddressRecord.at(addresses_table)

    def find(self, user_id: str) -> User | None:
        """One consistent GetItem."""
        record = self._users.find(user_id)
        return record.to_user() if record else None

    def add(self, user: User) -> bool:
        """One transaction: the user and the address."""
        transaction = Transaction()
        transaction.save(_USER, self._users.of(user), UserRecord.user_id.does_not_exist())
        address = self._addresses(email_key(user.email), user_id=user.user_id)
        transaction.save(_ADDRESS, address, AddressRecord.address.does_not_exist())
        try:
            transaction.commit()
        except WriteRefused as error:
            if _USER in error.refused:
                return False
            raise AddressTaken from error
        return True
