"""DynamoDB's tables, with items as plain dictionaries and every failure under its name.

A write whose fate is unknown, because its answer was lost, is sent again only where a second time changes nothing:
never one that counts. If it is refused then, whether it was done remains unknown, and the caller hears Unavailable.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import batched, count
from time import sleep
from typing import Any

from shared.aws.service import AwsError, Service
from shared.dynamodb.attribute_values import Item, Typed, plain_item, typed_item
from shared.dynamodb.expressions import (
    Attribute,
    Change,
    Condition,
    Placeholders,
    add,
    attribute,
    discard,
    remove,
    set_if_missing,
    set_to,
    update_text,
)
from shared.errors import Unavailable

__all__ = [
    "Attribute",
    "Change",
    "Condition",
    "ConditionFailed",
    "Item",
    "Table",
    "add",
    "attribute",
    "discard",
    "readers",
    "remove",
    "set_if_missing",
    "set_to",
]

_CONCURRENT_READS = 10
_MOST_KEYS, _MOST_PUTS = 100, 25  # of one batch
_MOST_ROUNDS = 6


class ConditionFailed(Exception):
    """Nothing was written. `item` is the one that was there, None where there was none or nobody tells."""

    def __init__(self, item: Item | None) -> None:
        super().__init__("the condition does not hold")
        self.item = item


@cache
def service() -> Service:
    """The function's one client."""
    return Service("dynamodb")


@cache
def readers() -> ThreadPoolExecutor:
    """Threads for the reads of one round; they live as long as the warm function."""
    return ThreadPoolExecutor(_CONCURRENT_READS, thread_name_prefix="read")


class Table:
    """One table. Every method raises Unavailable where DynamoDB is out of reach or too busy."""

    def __init__(self, name: str, client: Service | None = None) -> None:
        self.name, self.client = name, client or service()

    def get(self, key: Item, *, attributes: Sequence[str] = (), consistent: bool = True) -> Item | None:
        """One item, or of it the named attributes only."""
        known = Placeholders()
        asked = {"Key": typed_item(key), "ConsistentRead": consistent} | _projection(attributes, known)
        found = self._call("GetItem", asked | known.arguments()).get("Item")
        return None if found is None else plain_item(found)

    def get_many(self, keys: Sequence[Item], *, consistent: bool = True) -> list[Item]:
        """Those of the items that exist, in the order of their keys; one round trip for each hundred."""
        wanted = [typed_item(key) for key in keys]
        found: dict[str, Item] = {}
        for batch in batched(_distinct(wanted), _MOST_KEYS, strict=False):
            request: Any = {self.name: {"Keys": list(batch), "ConsistentRead": consistent}}
            for round_ in count():
                answer = self.client.call("BatchGetItem", {"RequestItems": request})
                for item in answer.get("Responses", {}).get(self.name, ()):
                    found[_identity({name: item[name] for name in batch[0]})] = plain_item(item)
                request = answer.get("UnprocessedKeys")
                if not request:
                    break
                _wait_for_capacity(round_)
        return [found[identity] for identity in map(_identity, wanted) if identity in found]

    def query(
        self,
        keys: Condition,
        *,
        index: str | None = None,
        newest_first: bool = False,
        limit: int | None = None,
        where: Condition | None = None,
        attributes: Sequence[str] = (),
        consistent: bool | None = None,
    ) -> list[Item]:
        """The items of a key, or of a range of keys, in their order, at most `limit`; pages are followed.

        Consistent unless an index is read; a local index can be read consistently too. `where` filters what has been
        read, and paid for, already.
        """
        return list(self._found(keys, index, newest_first, limit, where, attributes, consistent))

    def scan(self, *, segments: int = 1) -> Iterator[Item]:
        """Every item, in no order, consistently; a page of each segment is read at the same time, and held.

        It reads, and is charged for, the whole table: for maintenance, never while somebody waits.
        """

        def page(segment: int) -> dict[str, Any]:
            asked = {"ConsistentRead": True, "Segment": segment, "TotalSegments": segments}
            return self._call("Scan", asked | starts[segment])

        starts: dict[int, dict[str, Any]] = {segment: {} for segment in range(segments)}
        while starts:
            read = list(zip(starts, readers().map(page, starts), strict=True))
            starts = {
                segment: {"ExclusiveStartKey": found["LastEvaluatedKey"]}
                for segment, found in read
                if "LastEvaluatedKey" in found
            }
            for _, found in read:
                yield from map(plain_item, found["Items"])

    def put(self, item: Item, condition: Condition | None = None) -> None:
        """Write an item, in the place of the one with its key. Raises ConditionFailed."""
        known = Placeholders()
        asked = {"Item": typed_item(item)} | _conditional(condition, known)
        self._write("PutItem", asked | known.arguments(), repeatable=True)

    def put_many(self, items: Sequence[Item]) -> None:
        """Write items without conditions, and not all or none: for filling a table."""
        for batch in batched(items, _MOST_PUTS, strict=False):
            request: Any = {self.name: [{"PutRequest": {"Item": typed_item(item)}} for item in batch]}
            for round_ in count():
                request = self.client.call("BatchWriteItem", {"RequestItems": request}).get("UnprocessedItems")
                if not request:
                    break
                _wait_for_capacity(round_)

    def update(self, key: Item, *changes: Change, condition: Condition | None = None) -> Item:
        """Change an item, or make it of its key and the changes; the item as it is then. Raises ConditionFailed."""
        known = Placeholders()
        asked: dict[str, Any] = {
            "Key": typed_item(key),
            "UpdateExpression": update_text(changes, known),
            "ReturnValues": "ALL_NEW",
            **_conditional(condition, known),
        }
        repeatable = all(change.repeatable for change in changes)
        return plain_item(self._write("UpdateItem", asked | known.arguments(), repeatable=repeatable)["Attributes"])

    def delete(self, key: Item, condition: Condition | None = None) -> None:
        """Delete an item, which need not exist. Raises ConditionFailed."""
        known = Placeholders()
        asked = {"Key": typed_item(key)} | _conditional(condition, known)
        self._write("DeleteItem", asked | known.arguments(), repeatable=True)

    def _found(
        self,
        keys: Condition,
        index: str | None,
        newest_first: bool,
        limit: int | None,
        where: Condition | None,
        attributes: Sequence[str],
        consistent: bool | None,
    ) -> Iterator[Item]:
        known = Placeholders()
        asked: dict[str, Any] = {
            "KeyConditionExpression": keys.text(known),
            "ConsistentRead": index is None if consistent is None else consistent,
            "ScanIndexForward": not newest_first,
            **_projection(attributes, known),
        }
        if index:
            asked["IndexName"] = index
        if where is not None:
            asked["FilterExpression"] = where.text(known)
        asked |= known.arguments()
        left = limit
        while left is None or left > 0:
            if left is not None and where is None:  # DynamoDB counts what it has read, not what has passed the filter
                asked["Limit"] = left
            answer = self._call("Query", asked)
            items = answer["Items"] if left is None else answer["Items"][:left]
            yield from map(plain_item, items)
            if "LastEvaluatedKey" not in answer:
                return
            asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
            left = None if left is None else left - len(items)

    def _call(self, operation: str, asked: Mapping[str, Any], *, repeatable: bool = True) -> dict[str, Any]:
        return self.client.call(operation, {"TableName": self.name, **asked}, repeatable=repeatable)

    def _write(self, operation: str, asked: Mapping[str, Any], *, repeatable: bool) -> dict[str, Any]:
        try:
            return self._call(operation, asked, repeatable=repeatable)
        except AwsError as error:
            if error.code != "ConditionalCheckFailedException":
                raise
            if error.repeated:
                raise Unavailable("The data store did not say what it did; look, and try again.", 2) from error
            item = error.details.get("Item")
            raise ConditionFailed(plain_item(item) if item else None) from error


def _conditional(condition: Condition | None, known: Placeholders) -> dict[str, str]:
    if condition is None:
        return {}
    return {"ConditionExpression": condition.text(known), "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}


def _projection(attributes: Sequence[str], known: Placeholders) -> dict[str, str]:
    return {"ProjectionExpression": ", ".join(map(known.path, attributes))} if attributes else {}


def _distinct(keys: Sequence[Typed]) -> list[Typed]:
    """DynamoDB refuses a batch that asks for an item twice."""
    return list({_identity(key): key for key in keys}.values())


def _identity(key: Typed) -> str:
    return repr(sorted((name, sorted(value.items())) for name, value in key.items()))


def _wait_for_capacity(round_: int) -> None:
    if round_ >= _MOST_ROUNDS:
        raise Unavailable("The data store is busy; try again.", retry_after_seconds=2)
    sleep(0.05 * 2**round_)
