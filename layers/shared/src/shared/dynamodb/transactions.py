"""Writes to several DynamoDB items, all or none, that can tell by name which of them was refused."""

import random
import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any, Self

from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from shared.dynamodb import expressions
from shared.dynamodb.attribute_values import typed_item
from shared.dynamodb.connection import connection, translated_failures
from shared.dynamodb.records import Record, without_nulls
from shared.dynamodb.tables import Item, Table
from shared.persistence.unit_of_work import StillConflicting, UnitOfWork, WriteRefused
from shared.resilience.backoff import Backoff

__all__ = ["Cancelled", "StillConflicting", "Transaction"]

Cancelled = WriteRefused

_ATTEMPTS = 6
_FIRST_WAIT_SECONDS = 0.05
_BUSY = frozenset({"ProvisionedThroughputExceeded", "ThrottlingError", "TransactionConflict"})


class Transaction:
    """Collects up to a hundred writes, each under a name, and commits them together; no two to one item."""

    def __init__(
        self, sleep: Callable[[float], None] = time.sleep, jitter: Callable[[float, float], float] = random.uniform
    ) -> None:
        self._sleep, self._jitter = sleep, jitter
        self._checks: list[tuple[str, dict[str, Any]]] = []
        self._deletes: list[tuple[str, dict[str, Any]]] = []
        self._puts: list[tuple[str, dict[str, Any]]] = []
        self._updates: list[tuple[str, dict[str, Any]]] = []

    @classmethod
    def of(cls, unit_of_work: UnitOfWork) -> Self:
        """What the domain has handed on without knowing it."""
        if not isinstance(unit_of_work, cls):
            raise TypeError(f"a {type(unit_of_work).__name__} is no transaction of DynamoDB")
        return unit_of_work

    # --- of records

    def require(self, name: str, record: Record, condition: Condition) -> None:
        """Write nothing at the record's key, but have the condition hold."""
        # pynamodb makes the arguments of a check as it makes those of a delete
        self._checks.append((name, record.get_delete_kwargs_from_instance(condition)))

    def save(self, name: str, record: Record, condition: Condition | None = None) -> None:
        self._puts.append((name, record.get_save_kwargs_from_instance(condition)))

    def change(self, name: str, record: Record, actions: Sequence[Action], condition: Condition | None = None) -> None:
        """Update the item of the record's key, or make it."""
        self._updates.append((name, record.get_update_kwargs_from_instance(without_nulls(actions), condition)))

    def remove(self, name: str, record: Record, condition: Condition | None = None) -> None:
        self._deletes.append((name, record.get_delete_kwargs_from_instance(condition)))

    # --- of tables

    def check(self, name: str, table: Table, key: Item, condition: expressions.Condition) -> None:
        self._checks.append((name, _asked(table, {"Key": typed_item(key)}, condition)))

    def put(self, name: str, table: Table, item: Item, condition: expressions.Condition | None = None) -> None:
        self._puts.append((name, _asked(table, {"Item": typed_item(item)}, condition)))

    def update(
        self,
        name: str,
        table: Table,
        key: Item,
        changes: Sequence[expressions.Change],
        condition: expressions.Condition | None = None,
    ) -> None:
        known = expressions.Placeholders()
        asked = {"Key": typed_item(key), "UpdateExpression": expressions.update_text(changes, known)}
        self._updates.append((name, _asked(table, asked, condition, known)))

    def delete(self, name: str, table: Table, key: Item, condition: expressions.Condition | None = None) -> None:
        self._deletes.append((name, _asked(table, {"Key": typed_item(key)}, condition)))

    def commit(self) -> None:
        """Raises WriteRefused; StillConflicting after some jittered attempts; Unavailable."""
        if not self._names():
            raise ValueError("a transaction has to write something")
        backoff = Backoff(_FIRST_WAIT_SECONDS, sleep=self._sleep, jitter=self._jitter)
        for attempts_left in reversed(range(_ATTEMPTS)):
            try:
                self._write()
            except TransactWriteError as error:
                codes = self._codes(error)
                if refused := _named(codes, {"ConditionalCheckFailed"}):
                    raise WriteRefused(refused) from error
                if not (busy := _named(codes, _BUSY)):
                    raise
                if not attempts_left:
                    raise StillConflicting(busy) from error
            else:
                return
            backoff.pause()

    def _write(self) -> None:
        with translated_failures():
            connection().transact_write_items(
                [asked for _, asked in self._checks],
                [asked for _, asked in self._deletes],
                [asked for _, asked in self._puts],
                [asked for _, asked in self._updates],
                # under one token, a call that is repeated because its answer was lost does nothing again
                client_request_token=str(uuid.uuid4()),
            )

    def _names(self) -> list[str]:
        """In the order in which pynamodb sends them."""
        return [name for name, _ in (*self._checks, *self._deletes, *self._puts, *self._updates)]

    def _codes(self, error: TransactWriteError) -> list[tuple[str, str | None]]:
        """Each write's name with what it was cancelled for."""
        codes = [reason.code if reason else None for reason in error.cancellation_reasons]
        return list(zip(self._names(), codes, strict=bool(codes)))


def _asked(
    table: Table,
    asked: dict[str, Any],
    condition: expressions.Condition | None,
    known: expressions.Placeholders | None = None,
) -> dict[str, Any]:
    known = known or expressions.Placeholders()
    if condition is not None:
        asked["ConditionExpression"] = condition.text(known)
    return {"TableName": table.name, **asked, **known.arguments()}


def _named(codes: Sequence[tuple[str, str | None]], wanted: frozenset[str] | set[str]) -> frozenset[str]:
    return frozenset(name for name, code in codes if code in wanted)
