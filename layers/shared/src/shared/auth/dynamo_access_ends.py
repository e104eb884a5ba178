"""Ends of access, in a DynamoDB table with a time to live."""

from datetime import datetime, timedelta

from pynamodb.attributes import UnicodeAttribute

from shared.dynamodb.attributes import MomentAttribute, SecondsAttribute
from shared.dynamodb.records import ConditionFailed, Record
from shared.time.moments import after

_KEPT = timedelta(days=1)
"""Longer than an access token or a socket lives. Refresh tokens give no more tokens afterwards."""


class AccessEndRecord(Record):
    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    ended_at = MomentAttribute(attr_name="endedAt")
    expires_at = SecondsAttribute(attr_name="expiresAt")


class DynamoAccessEnds:
    def __init__(self, table: str) -> None:
        self._ends = AccessEndRecord.at(table)

    def ended_at(self, user_id: str, now: datetime) -> datetime | None:
        """One GetItem, eventually consistent: half the price, for every request, and at most a second late."""
        record = self._ends.find(user_id, consistent=False)
        return record.ended_at if record and record.expires_at > now else None

    def end(self, user_id: str, at: datetime) -> bool:
        """One update; an earlier moment than the one that is kept changes nothing."""
        newer = AccessEndRecord.ended_at.does_not_exist() | (AccessEndRecord.ended_at <= at)
        actions = AccessEndRecord.ended_at.set(at), AccessEndRecord.expires_at.set(after(at, _KEPT))
        try:
            self._ends(user_id).change(*actions, condition=newer)
        except ConditionFailed:
            return False
        return True
