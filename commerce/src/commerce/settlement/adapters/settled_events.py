"""Ids of the provider's events that have been worked on, in DynamoDB."""

from datetime import datetime, timedelta

from pynamodb.attributes import UnicodeAttribute

from shared.dynamodb.attributes import SecondsAttribute
from shared.dynamodb.records import Record

_KEPT = timedelta(days=30)


class SettledEventRecord(Record):
    event_id = UnicodeAttribute(hash_key=True, attr_name="eventId")
    expires_at = SecondsAttribute(attr_name="expiresAt")


class DynamoSettledEvents:
    def __init__(self, payment_events_table: str) -> None:
        self._events = SettledEventRecord.at(payment_events_table)

    def has(self, event_id: str, now: datetime) -> bool:
        """One consistent GetItem. Expired rows do not count, whether or not DynamoDB has deleted them."""
        record = self._events.find(event_id)
        return record is not None and record.expires_at > now

    def add(self, event_id: str, now: datetime) -> None:
        """One PutItem."""
        self._events(event_id, expires_at=now + _KEPT).put()
