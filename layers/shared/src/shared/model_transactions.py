"""Writes to several DynamoDB items, all or none, that can tell by name which of them was refused."""

import random
import time
from collections.abc import Callable, Sequence
from typing import Any

from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from shared.errors import Unavailable
from shared.tables import connection, translated_failures

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
    """Collects writes, each under a name, and commits them together."""

    def __init__(
        self, sleep: Callable[[float], None] = time.sleep, jitter: Callable[[float, float], float] = random.uniform
    ) -> None:
        self._sleep, self._jitter = sleep, jitter
        self._checks: list[tuple[str, tuple[Any, ...]]] = []
        self._puts: list[tuple[str, tuple[Any, ...]]] = []
        self._updates: list[tuple[str, tuple[Any, ...]]] = []

    def check(self, name: str, model: type[Model], key: str, condition: Condition) -> None:
        self._checks.append((name, (model, key, None, condition)))

    def put(self, name: str, item: Model, condition: Condition | None = None) -> None:
        self._puts.append((name, (item, condition)))

    def update(self, name: str, item: Model, actions: Sequence[Action], condition: Condition | None = None) -> None:
        self._updates.append((name, (item, list(actions), condition)))

    def commit(self) -> None:
        """Raises Cancelled; StillConflicting after some jittered attempts; Unavailable."""
        longest_wait = _FIRST_WAIT_SECONDS
        for attempts_left in reversed(range(_ATTEMPTS)):
            try:
                self._write()
            except TransactWriteError as error:
                codes = self._codes(error)
                if refused := _named(codes, {"ConditionalCheckFailed"}):
                    raise Cancelled(refused) from error
                if not (busy := _named(codes, _BUSY)):
                    raise
                if not attempts_left:
                    raise StillConflicting(busy) from error
            else:
                return
            self._sleep(self._jitter(0, longest_wait))
            longest_wait *= 2

    def _write(self) -> None:
        with translated_failures(), TransactWrite(connection=connection()) as transaction:
            for _, check in self._checks:
                transaction.condition_check(*check)
            for _, put in self._puts:
                transaction.save(*put)
            for _, update in self._updates:
                transaction.update(*update)

    def _codes(self, error: TransactWriteError) -> list[tuple[str, str | None]]:
        """Each write's name with what it was cancelled for: pynamodb sends checks, then puts, then updates."""
        names = [name for name, _ in (*self._checks, *self._puts, *self._updates)]
        codes = [reason.code if reason else None for reason in error.cancellation_reasons]
        return list(zip(names, codes, strict=bool(codes)))


def _named(codes: Sequence[tuple[str, str | None]], wanted: frozenset[str] | set[str]) -> frozenset[str]:
    return frozenset(name for name, code in codes if code in wanted)
