"""Whoever was erased stays so: late and repeated events about them change nothing."""

from datetime import datetime

from pynamodb.attributes import UnicodeAttribute

from shared.dynamodb.attributes import MomentAttribute
from shared.dynamodb.records import Record
from shared.dynamodb.transactions import Transaction

ERASED = "erased"
"""What the condition is called where a transaction says which of its writes was refused."""


class TombstoneRecord(Record):
    """An id that leads to nobody any more; kept for good."""

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    erased_at = MomentAttribute(attr_name="erasedAt")


class DynamoTombstones:
    def __init__(self, table: str) -> None:
        self._tombstones = TombstoneRecord.at(table)

    def erase(self, user_id: str, now: datetime) -> bool:
        """One put. It goes before all other parts: nothing that was erased is written anew."""
        self._tombstones(user_id, erased_at=now).put()
        return True

    def stands_for(self, user_id: str) -> bool:
        """Whether somebody was erased: one consistent GetItem."""
        return self._tombstones.find(user_id) is not None

    def require_none(self, transaction: Transaction, user_id: str) -> None:
        """Have the transaction fail for whoever was erased."""
        transaction.require(ERASED, self._tombstones(user_id), TombstoneRecord.user_id.does_not_exist())
