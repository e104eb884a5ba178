"""eBay: Seller Hub → Reports → Downloads → Active listings.

A listing with variations has a row for itself, and one for each of them.
"""

import re
from collections.abc import Iterator, Sequence

from commerce.imports.domain.systems.system import (
    OTHER,
    cells_of,
    last_part,
    line,
    pieces,
    product_id,
    system,
    variant_name,
)
from shared.text.csv_file import Record


def _products(rows: Sequence[Record]) -> Iterator[Record]:
    listings = {row.cells["item"]: cells_of(row) for row in reversed(rows) if "item" in row.cells}
    with_variations = {row.cells.get("item") for row in rows if "variation" in row.cells}
    for row in rows:
        cells = cells_of(row)
        values = _values(cells.get("variation", ""))
        if not values and cells.get("item") in with_variations:
            continue
        listing = listings.get(cells.get("item", ""), {}) | cells
        yield line(
            row,
            {"category": "category"},
            product_id=product_id(cells["sku"]) if "sku" in cells else product_id(cells.get("item"), *values),
            name=variant_name(listing.get("name", ""), values),
            category=last_part(listing.get("category")) or OTHER,
            price=cells.get("price") or cells.get("current"),
            currency=listing.get("currency"),
            stock=pieces(cells.get("stock")),
        )


def _values(variation: str) -> list[str]:
    """`Red` and `M` of `[Colour:Red, Size:M]`, or `Colour=Red;Size=M`."""
    parts = re.split(r"[;,|]", variation.strip("[]() "))
    return [value for part in parts if (value := re.split(r"[:=]", part)[-1].strip())]


EBAY = system(
    "eBay",
    _products,
    [["Item number", "Title", "Start price"], ["Item number", "Title", "Current price"]],
    {
        "Item number": "item",
        "Title": "name",
        "Variation details": "variation",
        "Custom label (SKU)": "sku",
        "Custom label": "sku",
        "Available quantity": "stock",
        "Currency": "currency",
        "Start price": "price",
        "Current price": "current",
        "eBay category 1 name": "category",
    },
)
