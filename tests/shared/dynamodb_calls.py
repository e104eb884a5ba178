"""What an adapter asks of DynamoDB: counted, and stood in the way of."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from shared.dynamodb import service

type Call = Callable[..., dict[str, Any]]


@contextmanager
def calls_through(gate: Callable[[Call, str, Mapping[str, Any]], dict[str, Any]]) -> Iterator[None]:
    """Every call of the store's client goes through the gate, which is given the call to make."""
    client = service()
    call = client.call

    def gated(operation: str, payload: Mapping[str, Any], **more: Any) -> dict[str, Any]:
        return gate(lambda: call(operation, payload, **more), operation, payload)

    with mock.patch.object(client, "call", gated):
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
