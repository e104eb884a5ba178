"""What calls of DynamoDB cost: their number, and the units that AWS charges by the sizes of items."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

from pynamodb.connection import Connection


@dataclass(frozen=True)
class Answered:
    operation: str
    request: dict[str, Any]
    answer: dict[str, Any]


@contextmanager
def counted() -> Iterator[list[Answered]]:
    """Every call of DynamoDB in the block."""
    calls, dispatch = list[Answered](), Connection.dispatch

    def noted(connection: Connection, operation: str, payload: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = dispatch(connection, operation, payload)
        calls.append(Answered(operation, payload, answer))
        return answer

    with mock.patch.object(Connection, "dispatch", noted):
        yield calls


def read_units(calls: Sequence[Answered]) -> float:
    """Consistent reads take a unit for each 4 KB: of an item, or of all that a Query has read."""
    return sum(map(_read_units, calls))


def write_units(calls: Sequence[Answered]) -> int:
    """A write in a transaction takes two units for each KB; those of indexes are not among them."""
    return sum(2 * _kilobytes(write) for call in calls for write in call.request.get("TransactItems", ()))


def bytes_of(value: Any) -> int:
    """Approximately the bytes that DynamoDB counts for an item: names and values, and a few for each container."""
    match value:
        case {"S": str(text)}:
            return len(text.encode())
        case {"N": str(digits)}:
            return len(digits) // 2 + 2
        case {"L": list(items)}:
            return 3 + sum(1 + bytes_of(item) for item in items)
        case {"M": dict(item)}:
            return 3 + len(item) + bytes_of(item)
        case dict(item):
            return sum(len(name) + bytes_of(inner) for name, inner in item.items())
    return 1


def _read_units(call: Answered) -> float:
    answer = call.answer
    match call.operation:
        case "GetItem":
            return max(1, math.ceil(bytes_of(answer.get("Item", {})) / 4096))
        case "Query":
            whole = max(1, math.ceil(sum(map(bytes_of, answer["Items"])) / 4096))
            return whole if call.request.get("ConsistentRead") else whole / 2
        case "BatchGetItem":
            items = [item for found in answer["Responses"].values() for item in found]
            return sum(math.ceil(bytes_of(item) / 4096) for item in items)
    return 0


def _kilobytes(write: dict[str, Any]) -> int:
    """Of an update, its key and the values that it sets: more of the item it does not say."""
    [(_, request)] = write.items()
    item = request.get("Item") or {**request.get("Key", {}), **request.get("ExpressionAttributeValues", {})}
    return max(1, math.ceil(bytes_of(item) / 1024))
