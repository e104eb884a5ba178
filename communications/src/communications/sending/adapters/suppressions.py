"""Suppressed addresses and categories, in DynamoDB."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from pynamodb.attributes import UnicodeAttribute, UnicodeSetAttribute

from communications.sending.domain.suppressions import COUNTED_FOR, Cause, Suppression
from shared.dynamodb.attributes import MomentAttribute, SecondsAttribute
from shared.dynamodb.records import ConditionFailed, Record
from shared.json.encoding import moment, rfc3339

_BOUNCES = "bounces:"


class SuppressionRecord(Record):
    address = UnicodeAttribute(hash_key=True)
    cause = UnicodeAttribute()
    since = MomentAttribute(attr_name="at")
    until = MomentAttribute(null=True)
    expires_at = SecondsAttribute(null=True, attr_name="expiresAt")


class BouncesRecord(Record):
    """The reports that an address's mail could not be delivered for a while, each time and id: under a key of its own.

    A set, to which reports that come at once are added side by side, each once.
    """

    address = UnicodeAttribute(hash_key=True)
    reports = UnicodeSetAttribute()
    expires_at = SecondsAttribute(attr_name="expiresAt")


class DynamoSuppressions:
    """The Suppressions table."""

    def __init__(self, suppressions_table: str) -> None:
        self._suppressions = SuppressionRecord.at(suppressions_table)
        self._bounces = BouncesRecord.at(suppressions_table)

    def find(self, keys: Collection[str]) -> Mapping[str, Suppression]:
        """One consistent BatchGetItem."""
        records = self._suppressions.find_many(list(keys))
        return {
            record.address: Suppression(record.address, Cause(record.cause), record.since, record.until)
            for record in records
        }

    def add(self, suppression: Suppression) -> None:
        """One PutItem."""
        record = self._suppressions(
            suppression.key,
            cause=suppression.cause.value,
            since=suppression.at,
            until=suppression.until,
            expires_at=suppression.until,
        )
        may_replace = SuppressionRecord.address.does_not_exist() | SuppressionRecord.until.exists()
        with suppress(ConditionFailed):
            record.put(None if suppression.until is None else may_replace)

    def remove(self, key: str) -> None:
        """One DeleteItem."""
        self._suppressions(key).remove()

    def take_back(self, suppression: Suppression) -> bool:
        """One conditional DeleteItem."""
        as_read = (SuppressionRecord.cause == suppression.cause.value) & (SuppressionRecord.since == suppression.at)
        try:
            self._suppressions(suppression.key).remove(as_read)
        except ConditionFailed:
            return False
        return True

    def count_soft_bounce(self, key: str, bounce_id: str, now: datetime) -> int:
        """One UpdateItem, and another where some count no more."""
        record, added = self._bounces(_BOUNCES + key), {f"{rfc3339(now)} {bounce_id}"}
        expires_at = BouncesRecord.expires_at.set(now + COUNTED_FOR + timedelta(days=1))
        reports: set[str] = record.change(BouncesRecord.reports.add(added), expires_at).reports
        past = {report for report in reports if moment(report.partition(" ")[0]) <= now - COUNTED_FOR}
        if past:
            record.change(BouncesRecord.reports.delete(past))
        return len({report.partition(" ")[2] for report in reports - past})
