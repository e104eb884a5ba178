"""What has been sent, in DynamoDB."""

from datetime import datetime, timedelta

from pynamodb.attributes import UnicodeAttribute

from commerce.receipts.domain.sending import HELD
from shared.dynamodb.attributes import MomentAttribute, SecondsAttribute
from shared.dynamodb.records import ConditionFailed, Record
from shared.errors import Unavailable

_KEPT = timedelta(days=60)
"""Longer than queues keep a message: 14 days, and as many again as a dead letter."""


class DeliveryRecord(Record):
    delivery_id = UnicodeAttribute(hash_key=True, attr_name="deliveryId")
    held_until = MomentAttribute(attr_name="heldUntil")
    sent_at = MomentAttribute(null=True, attr_name="sentAt")
    expires_at = SecondsAttribute(attr_name="expiresAt")


class DynamoDeliveries:
    """The Deliveries table."""

    def __init__(self, deliveries_table: str) -> None:
        self._deliveries = DeliveryRecord.at(deliveries_table)

    def begin(self, delivery_id: str, now: datetime) -> bool:
        """One conditional PutItem."""
        given_up = DeliveryRecord.sent_at.does_not_exist() & (DeliveryRecord.held_until <= now)
        try:
            self._row(delivery_id, now).put(DeliveryRecord.delivery_id.does_not_exist() | given_up)
        except ConditionFailed as failed:
            if failed.item and "sentAt" in failed.item:
                return False
            raise Unavailable("Somebody else is sending it.", retry_after_seconds=60) from failed
        return True

    def end(self, delivery_id: str, now: datetime) -> None:
        """One PutItem."""
        row = self._row(delivery_id, now)
        row.sent_at = now
        row.put()

    def _row(self, delivery_id: str, now: datetime) -> DeliveryRecord:
        return self._deliveries(delivery_id, held_until=now + HELD, expires_at=now + _KEPT)
