"""Writes to several DynamoDB items, all or none, that can tell by name which of them was refused."""

import random
import time
import uuid
from collections.abc import Callable, Sequence
from typing import NamedTuple, Self

from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from shared.dynamodb.connection import connection, translated_failures
from shared.dynamodb.records import Record
from shared.persistence.unit_of_work import StillConflicting, UnitOfWork, WriteRefused
from shared.resilience.backoff import Backoff

_ATTEMPTS = 6
_FIRST_WAIT_SECONDS = 0.05
_BUSY = frozenset({"ProvisionedThroughputExceeded", "ThrottlingError", "TransactionConflict"})


class _Write(NamedTuple):
    name: str
    add_to: Callable[[TransactWrite], None]


class Transaction:
    """Collects up to a hundred writes, each under a name, and commits them together; no two to one item."""

    def __init__(
        self, sleep: Callable[[float], None] = time.sleep, jitter: Callable[[float, float], float] = random.uniform
    ) -> None:
        self._sleep, self._jitter = sleep, jitter
        self._checks: list[_Write] = []
        self._deletes: list[_Write] = []
        self._puts: list[_Write] = []
        self._updates: list[_Write] = []

    @classmethod
    def of(cls, unit_of_work: UnitOfWork) -> Self:
        """What the domain has handed on without knowing it."""
        if not isinstance(unit_of_work, cls):
            raise TypeError(f"a {type(unit_of_work).__name__} is no transaction of DynamoDB")
        return unit_of_work

    def require(self, name: str, record: Record, condition: Condition) -> None:
        """Write nothing at the record's key, but have the condition hold."""
        key = record.key_values

        def add(transaction: TransactWrite) -> None:
            transaction.condition_check(type(record), *key, condition)

        self._checks.append(_Write(name, add))

    def save(self, name: str, record: Record, condition: Condition | None = None) -> None:
        """Write the item, in the place of the one with its key."""
        self._puts.append(_Write(name, lambda transaction: transaction.save(record, condition)))

    def change(self, name: str, record: Record, actions: Sequence[Action], condition: Condition | None = None) -> None:
        """Update the item of the record's key, or make it. Raises ValueError for no actions."""
        if not actions:
            raise ValueError("an update has to change something")
        self._updates.append(_Write(name, lambda transaction: transaction.update(record, list(actions), condition)))

    def remove(self, name: str, record: Record, condition: Condition | None = None) -> None:
        """Delete the item of the record's key, which need not exist."""
        self._deletes.append(_Write(name, lambda transaction: transaction.delete(record, condition)))

    def commit(self) -> None:
        """Raises WriteRefused; StillConflicting after some jittered attempts; Unavailable."""
        if not self._writes():
            raise ValueError("a transaction has to write something")
        backoff = Backoff(_FIRST_WAIT_SECONDS, sleep=self._sleep, jitter=self._jitter)
        for attempts_left in reversed(range(_ATTEMPTS)):
            try:
                self._commit_once()
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

    def _commit_once(self) -> None:
        # under one token, a call that is repeated because its answer was lost does nothing again
        token = str(uuid.uuid4())
        with (
            translated_failures(),
            TransactWrite(connection=connection(), client_request_token=token) as transaction,
        ):
            for write in self._writes():
                write.add_to(transaction)

    def _writes(self) -> list[_Write]:
        """In the order in which pynamodb sends them, and DynamoDB gives its reasons."""
        return [*self._checks, *self._deletes, *self._puts, *self._updates]

    def _codes(self, error: TransactWriteError) -> list[tuple[str, str | None]]:
        """Each write's name with what it was cancelled for."""
        names = [write.name for write in self._writes()]
        codes = [reason.code if reason else None for reason in error.cancellation_reasons]
        return list(zip(names, codes, strict=bool(codes)))


def _named(codes: Sequence[tuple[str, str | None]], wanted: frozenset[str] | set[str]) -> frozenset[str]:
    return frozenset(name for name, code in codes if code in wanted)
