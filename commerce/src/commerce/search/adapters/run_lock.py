"""The lock of the search index's runs in DynamoDB."""

from datetime import datetime

from pynamodb.attributes import UnicodeAttribute

from commerce.search.domain.single_run import KEPT, AlreadyRunning
from shared.dynamodb.attributes import SecondsAttribute
from shared.dynamodb.records import ConditionFailed, Record

_ROW = "search-index"


class RunLockRecord(Record):
    lock = UnicodeAttribute(hash_key=True)
    holder = UnicodeAttribute()
    held_until = SecondsAttribute(attr_name="heldUntil")


class DynamoRunLock:
    """The Locks table: one row, there only while somebody runs."""

    def __init__(self, locks_table: str) -> None:
        self._locks = RunLockRecord.at(locks_table)

    def take(self, holder: str, now: datetime) -> None:
        """One conditional PutItem."""
        row = self._locks(lock=_ROW, holder=holder, held_until=now + KEPT)
        is_free = RunLockRecord.lock.does_not_exist() | (RunLockRecord.held_until <= now)
        try:
            # ours already: the first answer was lost
            row.put(is_free | (RunLockRecord.holder == holder))
        except ConditionFailed as failed:
            until = RunLockRecord.of_image(failed.item).held_until if failed.item else now
            raise AlreadyRunning(until) from failed

    def release(self, holder: str) -> None:
        """One conditional DeleteItem."""
        try:
            self._locks(lock=_ROW).remove(RunLockRecord.holder == holder)
        except ConditionFailed:
            return  # it expired, and somebody else has taken it
