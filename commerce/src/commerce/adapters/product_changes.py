"""What the Products table's stream tells, as changes that an index can follow."""

from collections.abc import Mapping
from typing import Any

from commerce.adapters.product_documents import product_in
from commerce.domain.products import Product
from commerce.domain.search.following import Entry, entry_of
from commerce.domain.search.syncing import Change, Poison
from shared.attribute_values import Item, plain_item


def changes(stream_event: Mapping[str, Any]) -> list[Change | Poison]:
    """A change for each record, in their order; poison for one that cannot be read."""
    return list(map(_change, stream_event["Records"]))


def _change(record: Any) -> Change | Poison:
    position, product_id = "", None  # Lambda sends all of a batch again from a position that it does not know
    try:
        position = record["dynamodb"]["SequenceNumber"]
        product_id = str(plain_item(record["dynamodb"]["Keys"])["productId"])
        return Change(position, _entry(record["eventName"], record["dynamodb"]))
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        return Poison(position, product_id, f"cannot be read: {type(error).__name__}")


def _entry(event_name: str, change: Mapping[str, Any]) -> Entry:
    if event_name == "REMOVE":
        # nothing of ours deletes an item; where somebody does, no late record of it is newer than this tombstone
        old = plain_item(change["OldImage"])
        return Entry(_text(old, "productId"), _version(old) + 1, None)
    return entry_of(sound_product(plain_item(change["NewImage"])))


def sound_product(item: Item) -> Product:
    """The product in an item that anybody may have written. Raises KeyError, TypeError or ValueError."""
    for name in ("productId", "name", "description", "category"):
        _text(item, name)
    for tag in item["tags"]:
        _written(tag)
    _version(item)
    if item["amount"] < 0 or not isinstance(item.get("stock"), int | None):
        raise ValueError("an amount and a stock are whole numbers")
    return product_in(item)


def _version(item: Item) -> int:
    version = item["version"]
    if not isinstance(version, int) or isinstance(version, bool) or not 0 < version < 2**62:
        raise ValueError("a version counts from 1")
    return version


def _text(item: Item, name: str) -> str:
    return _written(item[name])


def _written(text: object) -> str:
    if not isinstance(text, str):
        raise TypeError("text was expected")
    text.encode()  # a lone surrogate has no place in any index
    return text
