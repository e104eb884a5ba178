"""Transactions that conflict, as DynamoDB's do and the local one's, which makes one call after the other, never."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from botocore.exceptions import ClientError
from pynamodb.exceptions import CancellationReason, VerboseClientError

from tests.shared.dynamodb.dynamodb_calls import Call, calls_through

type Item = tuple[str, str]


@dataclass
class Conflicts:
    """How many transactions were sent, and how many of them were refused as another held an item of theirs."""

    transactions: int = 0
    refused: int = 0
    refused_writes: int = 0
    _held: set[Item] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    def gate(self, call: Call, operation: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        if operation == "TransactWriteItems":
            items = [_item(write) for write in payload["TransactItems"]]
            self._hold(items)
            try:
                return call()
            finally:
                with self._lock:
                    self._held.difference_update(items)
        if operation in {"UpdateItem", "PutItem", "DeleteItem"}:
            with self._lock:
                if _item({operation: payload}) in self._held:
                    self.refused_writes += 1
                    raise ClientError({"Error": {"Code": "TransactionConflictException"}}, operation)
        return call()

    def _hold(self, items: list[Item | None]) -> None:
        with self._lock:
            self.transactions += 1
            taken = [item in self._held for item in items]
            if any(taken):
                self.refused += 1
                reasons = [CancellationReason("TransactionConflict") if each else None for each in taken]
                refusal: Any = {"Error": {"Code": "TransactionCanceledException"}}
                raise VerboseClientError(refusal, "TransactWriteItems", {}, cancellation_reasons=reasons)
            self._held.update(item for item in items if item)


def _item(write: Mapping[str, Any]) -> Item | None:
    """The table and the key of an item that is there; None for one that is put, which only its own writer has."""
    [request] = write.values()
    key = request.get("Key")
    return (request["TableName"], repr(key)) if key else None


@contextmanager
def conflicting_transactions() -> Iterator[Conflicts]:
    conflicts = Conflicts()
    with calls_through(conflicts.gate):
        yield conflicts
