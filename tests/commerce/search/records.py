"""Entries of an index, and records of the stream that it follows."""

from typing import Any

from commerce.catalogue.adapters.records import ProductRecord
from commerce.catalogue.domain.products import Product
from commerce.search.domain.following import Entry, entry_of
from tests.commerce.examples import a_product


def entry(product_id: str, version: int = 1) -> Entry:
    return entry_of(a_product(product_id, version=version))


def tombstone(product_id: str, version: int) -> Entry:
    return Entry(product_id, version, None)


def image(of: Product) -> dict[str, Any]:
    return ProductRecord.of(of).to_dynamodb_dict()


def record(new: Product | None, position: str = "1", old: Product | None = None) -> dict[str, Any]:
    """That a product was written, or where `new` is None, that the item of `old` was removed."""
    of = new or old
    assert of
    change: dict[str, Any] = {"Keys": {"productId": {"S": of.product_id}}, "SequenceNumber": position}
    if new:
        change["NewImage"] = image(new)
    if old:
        change["OldImage"] = image(old)
    return {"eventName": "REMOVE" if new is None else "MODIFY" if old else "INSERT", "dynamodb": change}
