"""Keeps the first answers of `shared.idempotency` in a DynamoDB table, under `recordId` with a time to live."""

from datetime import UTC, datetime

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from shared.idempotency import KEPT, FirstAnswer
from shared.model_transactions import Transaction
from shared.tables import bind, translated_failures

RECORD = "first answer"
"""What the record is called where a transaction says which of its writes was refused."""


class FirstAnswerItem(Model):
    class Meta:
        table_name = ""

    record_id = UnicodeAttribute(hash_key=True, attr_name="recordId")
    request_hash = UnicodeAttribute(attr_name="requestHash")
    body = UnicodeAttribute()
    expires_at = NumberAttribute(attr_name="expiresAt")  # seconds since 1970: the table's time to live


class DynamoFirstAnswers:
    def __init__(self, table: str) -> None:
        bind(FirstAnswerItem, table)

    def find(self, record_id: str, now: datetime) -> FirstAnswer | None:
        """One consistent GetItem."""
        with translated_failures():
            try:
                item = FirstAnswerItem.get(record_id, consistent_read=True)
            except FirstAnswerItem.DoesNotExist:
                return None
        if item.expires_at <= int(now.timestamp()):
            return None
        recorded_at = datetime.fromtimestamp(int(item.expires_at), UTC) - KEPT
        return FirstAnswer(item.record_id, item.request_hash, item.body, recorded_at)


def record(answer: FirstAnswer, transaction: Transaction) -> None:
    """Have the transaction write the record, unless there is one that has not expired. Called RECORD there."""
    item = FirstAnswerItem(
        answer.record_id,
        request_hash=answer.request_hash,
        body=answer.body,
        expires_at=int(answer.expires_at.timestamp()),
    )
    expired = FirstAnswerItem.expires_at <= int(answer.recorded_at.timestamp())
    transaction.put(RECORD, item, FirstAnswerItem.record_id.does_not_exist() | expired)
