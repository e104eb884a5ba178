"""Keeps the first answers of `shared.idempotency.claims` in a DynamoDB table, with a time to live."""

from datetime import datetime

from pynamodb.attributes import UnicodeAttribute

from shared.dynamodb.attributes import SecondsAttribute
from shared.dynamodb.records import Record
from shared.dynamodb.transactions import Transaction
from shared.idempotency.claims import KEPT, RECORD, FirstAnswer
from shared.persistence.unit_of_work import UnitOfWork


class FirstAnswerRecord(Record):
    record_id = UnicodeAttribute(hash_key=True, attr_name="recordId")
    request_hash = UnicodeAttribute(attr_name="requestHash")
    body = UnicodeAttribute()
    expires_at = SecondsAttribute(attr_name="expiresAt")  # the table's time to live


class DynamoFirstAnswers:
    def __init__(self, table: str) -> None:
        self._records = FirstAnswerRecord.at(table)

    def find(self, record_id: str, now: datetime) -> FirstAnswer | None:
        """One consistent GetItem."""
        record = self._records.find(record_id)
        if record is None or record.expires_at <= now:
            return None
        return FirstAnswer(record.record_id, record.request_hash, record.body, record.expires_at - KEPT)

    def record(self, answer: FirstAnswer | None, unit_of_work: UnitOfWork) -> None:
        """Have the transaction write the record, unless there is one that has not expired. Called RECORD there.

        None is the answer to a request without a key: there is nothing to keep.
        """
        if answer is None:
            return
        record = self._records(
            answer.record_id, request_hash=answer.request_hash, body=answer.body, expires_at=answer.expires_at
        )
        free = self._records.record_id.does_not_exist() | (self._records.expires_at <= answer.recorded_at)
        Transaction.of(unit_of_work).save(RECORD, record, free)
