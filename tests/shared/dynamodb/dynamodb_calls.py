"""What an adapter asks of DynamoDB: counted, and stood in the way of."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Barrier, Lock
from typing import Any
from unittest import mock

from pynamodb.connection import Connection

type Call = Callable[..., dict[str, Any]]

_PATIENCE_SECONDS = 30


@contextmanager
def calls_through(gate: Callable[[Call, str, Mapping[str, Any]], dict[str, Any]]) -> Iterator[None]:
    """Every call of the store goes through the gate, which is given the call to make."""
    dispatch = Connection.dispatch

    def gated(connection: Connection, operation: str, payload: dict[str, Any]) -> dict[str, Any]:
        return gate(lambda: dispatch(connection, operation, payload), operation, payload)

    with mock.patch.object(Connection, "dispatch", gated):
        yield


@dataclass
class Cost:
    """What was sent to DynamoDB, and how many rows it had to read for that."""

    calls: list[str] = field(default_factory=list)
    rows: int = 0


def cost_of(read: Callable[[], object]) -> Cost:
    cost = Cost()

    def count(call: Call, operation: str, _: Mapping[str, Any]) -> dict[str, Any]:
        answer = call()
        cost.calls.append(operation)
        cost.rows += answer.get("ScannedCount", 1)
        return answer

    with calls_through(count):
        read()
    return cost


def rounds_of(work: Callable[[], object], *expected: Sequence[str]) -> list[list[str]]:
    """The operations of each round, sorted. A call waits for as many others as its round is expected to have.

    Where they are not called at the same time they never meet, and the work fails with BrokenBarrierError.
    """
    rounds: list[list[str]] = []
    barriers = [Barrier(len(round_)) for round_ in expected]
    lock = Lock()

    def meet(call: Call, operation: str, _: Mapping[str, Any]) -> dict[str, Any]:
        with lock:
            if not rounds or len(rounds[-1]) == len(expected[len(rounds) - 1]):
                rounds.append([])
            rounds[-1].append(operation)
            barrier = barriers[len(rounds) - 1]
        barrier.wait(_PATIENCE_SECONDS)
        return call()

    with calls_through(meet):
        work()
    return [sorted(round_) for round_ in rounds]
