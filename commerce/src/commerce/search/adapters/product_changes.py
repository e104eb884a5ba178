"""What the Products table's stream tells, as changes that an index can follow."""

import re
from collections.abc import Mapping
from types import NoneType
from typing import Any

from commerce.catalogue.adapters.product_documents import product_in
from commerce.catalogue.domain.products import PRODUCT_ID, Product
from commerce.search.domain.following import Entry, entry_of
from commerce.search.domain.syncing import Change, Poison
from shared.dynamodb.attribute_values import Item, plain_item
from shared.money import MOST_MINOR_UNITS


def changes(stream_event: Mapping[str, Any]) -> list[Change | Poison]:
    """A change for each record, in their order; poison for one that cannot be read."""
    return list(map(_change, stream_event["Records"]))


def _change(record: Any) -> Change | Poison:
    position, product_id = "", None  # Lambda sends all of a batch again from a position that it does not know
    try:
        position = record["dynamodb"]["SequenceNumber"]
        product_id = str(plain_item(record["dynamodb"]["Keys"])["productId"])
        entry = _entry(record["eventName"], record["dynamodb"])
        if entry.product_id != product_id:
            raise ValueError("a record tells of the item that it names")
        return Change(position, entry)
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        return Poison(position, product_id, f"cannot be read: {type(error).__name__}")


def _entry(event_name: str, change: Mapping[str, Any]) -> Entry:
    if event_name == "REMOVE":
        # nothing of ours deletes an item; where somebody does, no late record of it is newer than this tombstone
        old = plain_item(change["OldImage"])
        return Entry(_id(old["productId"]), _version(old) + 1, None)
    return entry_of(sound_product(plain_item(change["NewImage"])))


def sound_product(item: Item) -> Product:
    """The product in an item that anybody may have written. Raises KeyError, TypeError or ValueError."""
    _id(item["productId"])
    _version(item)
    if not isinstance(item["tags"], list):
        raise TypeError("a list of tags was expected")
    if type(item.get("stock")) not in (int, NoneType) or not 0 <= item["amount"] <= MOST_MINOR_UNITS:
        raise ValueError("an amount and a stock are whole numbers")
    product = product_in(item)
    pictures = (text for image in product.images for text in (image.image_id, image.key, image.content_type, image.alt))
    for text in (product.name, product.description, product.category, *product.tags, *pictures):
        _require_text(text)
    return product


def _id(text: object) -> str:
    if not isinstance(text, str) or not re.fullmatch(PRODUCT_ID, text):
        raise ValueError("no product can have this id")
    return text


def _version(item: Item) -> int:
    version = item["version"]
    if not isinstance(version, int) or isinstance(version, bool) or not 0 < version < 2**62:
        raise ValueError("a version counts from 1")
    return version


def _require_text(text: object) -> None:
    if not isinstance(text, str):
        raise TypeError("text was expected")
    text.encode()  # a lone surrogate has no place in any index
