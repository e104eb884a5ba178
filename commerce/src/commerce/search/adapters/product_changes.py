"""What the Products table's stream tells, as changes that an index can follow."""

import re
from collections.abc import Mapping
from typing import Any

from commerce.catalogue.adapters.records import ProductRecord
from commerce.catalogue.domain.products import PRODUCT_ID, Product
from commerce.search.domain.following import Entry, entry_of
from commerce.search.domain.syncing import Change, Poison
from shared.dynamodb.records import Image
from shared.money import MAX_MINOR_UNITS


def change_of(record: Mapping[str, Any]) -> Change | Poison:
    """The change that a record of the stream tells of; poison where it cannot be read."""
    position, product_id = "", None  # Lambda sends all of a batch again from a position that it does not know
    try:
        position = record["dynamodb"]["SequenceNumber"]
        product_id = str(record["dynamodb"]["Keys"]["productId"]["S"])
        entry = _entry(record["eventName"], record["dynamodb"])
        if entry.product_id != product_id:
            raise ValueError("a record tells of the item that it names")
        return Change(position, entry)
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        return Poison(position, product_id, f"cannot be read: {type(error).__name__}")


def _entry(event_name: str, change: Mapping[str, Any]) -> Entry:
    if event_name == "REMOVE":
        # nothing of ours deletes an item; where somebody does, no late record of it is newer than this tombstone
        old = ProductRecord.of_image(change["OldImage"])
        return Entry(_id(old.product_id), _revision(old) + 1, None)
    return entry_of(sound_product(change["NewImage"]))


def sound_product(image: Image) -> Product:
    """The product in an item that anybody may have written. Raises KeyError, TypeError or ValueError."""
    record = ProductRecord.of_image(image)
    _id(record.product_id)
    _revision(record)
    if not 0 <= record.amount <= MAX_MINOR_UNITS:
        raise ValueError("an amount is out of range")
    product = record.to_product()
    pictures = (text for image in product.images for text in (image.image_id, image.key, image.content_type, image.alt))
    for text in (product.name, product.description, product.category, *product.tags, *pictures):
        _require_text(text)
    sizes = (size for image in product.images for size in (image.width, image.height, *image.widths))
    if not all(isinstance(size, int | None) for size in sizes):
        raise TypeError("a size in pixels was expected")
    return product


def _id(text: str) -> str:
    if not re.fullmatch(PRODUCT_ID, text):
        raise ValueError("no product can have this id")
    return text


def _revision(record: ProductRecord) -> int:
    if not 0 < record.version <= record.counted_writes < 2**62:
        raise ValueError("versions count from 1, and every version is a revision")
    return record.counted_writes


def _require_text(text: object) -> None:
    if not isinstance(text, str):
        raise TypeError("text was expected")
    text.encode()  # a lone surrogate has no place in any index
