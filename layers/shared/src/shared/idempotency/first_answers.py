"""Keeps the first answers of `shared.idempotency.claims` in a DynamoDB table, under `recordId` with a time to live."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from shared.dynamodb.tables import Table, attribute
from shared.dynamodb.transactions import Cancelled, StillConflicting, Transaction
from shared.idempotency.claims import KEPT, FirstAnswer, KeyInUse

RECORD = "first answer"
"""What the record is called where a transaction says which of its writes was refused."""


@contextmanager
def translated_refusals() -> Iterator[None]:
    """Raise KeyInUse where a transaction was cancelled, or kept from committing, by another's record."""
    try:
        yield
    except Cancelled as cancelled:
        if RECORD in cancelled.refused:
            raise KeyInUse from cancelled
        raise
    except StillConflicting as conflict:
        if RECORD in conflict.conflicting:
            raise KeyInUse from conflict
        raise


class DynamoFirstAnswers:
    def __init__(self, table: str) -> None:
        self._records = Table(table)

    def find(self, record_id: str, now: datetime) -> FirstAnswer | None:
        """One consistent GetItem."""
        item = self._records.get({"recordId": record_id})
        if item is None or item["expiresAt"] <= int(now.timestamp()):
            return None
        recorded_at = datetime.fromtimestamp(item["expiresAt"], UTC) - KEPT
        return FirstAnswer(item["recordId"], item["requestHash"], item["body"], recorded_at)

    def record(self, answer: FirstAnswer | None, transaction: Transaction) -> None:
        """Have the transaction write the record, unless there is one that has not expired. Called RECORD there.

        None is the answer to a request without a key: there is nothing to keep.
        """
        if answer is None:
            return
        item = {
            "recordId": answer.record_id,
            "requestHash": answer.request_hash,
            "body": answer.body,
            "expiresAt": int(answer.expires_at.timestamp()),  # seconds since 1970: the table's time to live
        }
        expired = attribute("expiresAt") <= int(answer.recorded_at.timestamp())
        transaction.put(RECORD, self._records, item, attribute("recordId").missing() | expired)
