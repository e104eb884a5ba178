"""Transactions in memory: the writes of fakes, all or none."""

import threading
from collections.abc import Callable

from shared.persistence.unit_of_work import UnitOfWork, Write, WriteRefused

LOCK = threading.RLock()
"""Fakes hold it while they write."""


class FakeTransaction:
    """Fakes add steps: a name, whether the write may be made, and the write."""

    def __init__(self) -> None:
        self._steps: list[tuple[str, Callable[[], bool], Callable[[], object]]] = []

    def step(self, name: str, holds: Callable[[], bool], write: Callable[[], object]) -> None:
        self._steps.append((name, holds, write))

    def commit(self) -> None:
        with LOCK:
            if refused := frozenset(name for name, holds, _ in self._steps if not holds()):
                raise WriteRefused(refused)
            for _, _, write in self._steps:
                write()


def committed(*writes: Write) -> None:
    """Raises WriteRefused."""
    transaction = FakeTransaction()
    for write in writes:
        write(transaction)
    transaction.commit()


def step(name: str, holds: Callable[[], bool], write: Callable[[], object]) -> Write:
    def add(transaction: UnitOfWork) -> None:
        assert isinstance(transaction, FakeTransaction)
        transaction.step(name, holds, write)

    return add
