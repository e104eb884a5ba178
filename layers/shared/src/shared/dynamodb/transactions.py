"""Writes to several DynamoDB items, all or none, that can tell by name which of them was refused."""

import random
import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from shared.aws.service import AwsError, Service
from shared.dynamodb.attribute_values import typed_item
from shared.dynamodb.expressions import Change, Condition, Placeholders, update_text
from shared.dynamodb.tables import Item, Table
from shared.errors import Unavailable
from shared.resilience.backoff import Backoff

_ATTEMPTS = 6
_FIRST_WAIT_SECONDS = 0.05
_BUSY = frozenset({"ProvisionedThroughputExceeded", "ThrottlingError", "TransactionConflict"})


class Cancelled(Exception):
    """Nothing was written. `refused` names writes whose condition did not hold; the emulator tells only the first."""

    def __init__(self, refused: frozenset[str]) -> None:
        super().__init__(", ".join(sorted(refused)))
        self.refused = refused


class StillConflicting(Unavailable):
    """Nothing was written: others kept writing the same items. `conflicting` names them."""

    def __init__(self, conflicting: frozenset[str]) -> None:
        super().__init__("Others are changing the same data; nothing was changed, try again.", retry_after_seconds=2)
        self.conflicting = conflicting


class Transaction:
    """Collects up to a hundred writes, each under a name, and commits them together; no two to one item."""

    def __init__(
        self, sleep: Callable[[float], None] = time.sleep, jitter: Callable[[float, float], float] = random.uniform
    ) -> None:
        self._sleep, self._jitter = sleep, jitter
        self._names: list[str] = []
        self._writes: list[dict[str, Any]] = []
        self._client: Service | None = None

    def check(self, name: str, table: Table, key: Item, condition: Condition) -> None:
        """Write nothing there, but have the condition hold."""
        self._add(name, "ConditionCheck", table, {"Key": typed_item(key)}, condition)

    def put(self, name: str, table: Table, item: Item, condition: Condition | None = None) -> None:
        self._add(name, "Put", table, {"Item": typed_item(item)}, condition)

    def update(
        self, name: str, table: Table, key: Item, changes: Sequence[Change], condition: Condition | None = None
    ) -> None:
        known = Placeholders()
        asked = {"Key": typed_item(key), "UpdateExpression": update_text(changes, known)}
        self._add(name, "Update", table, asked, condition, known)

    def delete(self, name: str, table: Table, key: Item, condition: Condition | None = None) -> None:
        self._add(name, "Delete", table, {"Key": typed_item(key)}, condition)

    def commit(self) -> None:
        """Raises Cancelled; StillConflicting after some jittered attempts; Unavailable."""
        backoff = Backoff(_FIRST_WAIT_SECONDS, sleep=self._sleep, jitter=self._jitter)
        for attempts_left in reversed(range(_ATTEMPTS)):
            try:
                self._write()
            except AwsError as error:
                codes = self._codes(error)
                if refused := _named(codes, {"ConditionalCheckFailed"}):
                    raise Cancelled(refused) from error
                if not (busy := _named(codes, _BUSY)):
                    raise
                if not attempts_left:
                    raise StillConflicting(busy) from error
            else:
                return
            backoff.pause()

    def _add(
        self,
        name: str,
        kind: str,
        table: Table,
        asked: dict[str, Any],
        condition: Condition | None,
        known: Placeholders | None = None,
    ) -> None:
        known = known or Placeholders()
        if condition is not None:
            asked["ConditionExpression"] = condition.text(known)
        self._client = table.client
        self._names.append(name)
        self._writes.append({kind: {"TableName": table.name, **asked, **known.arguments()}})

    def _write(self) -> None:
        if self._client is None:
            raise ValueError("a transaction has to write something")
        # Under one token, what has been done is not done again when its answer was lost and the call is repeated.
        token = str(uuid.uuid4())
        self._client.call("TransactWriteItems", {"TransactItems": self._writes, "ClientRequestToken": token})

    def _codes(self, error: AwsError) -> list[tuple[str, str]]:
        """Each write's name with what it was cancelled for."""
        reasons = error.details.get("CancellationReasons") or ()
        return list(zip(self._names, (str(reason.get("Code")) for reason in reasons), strict=bool(reasons)))


def _named(codes: Sequence[tuple[str, str]], wanted: frozenset[str] | set[str]) -> frozenset[str]:
    return frozenset(name for name, code in codes if code in wanted)
