"""Google Merchant Center: a file of products, often with tabs.

A row for each variant; those of one product share a group.
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

_UNAVAILABLE = {"outofstock", "preorder", "backorder"}


def _products(rows: Sequence[Record]) -> Iterator[Record]:
    for row in rows:
        cells = cells_of(row)
        availability = cells.get("availability", "").lower().replace(" ", "").replace("_", "")
        values = [cells.get(each) for each in ("color", "size", "material", "pattern")] if "group" in cells else []
        name = cells.get("name", "")
        yield line(
            row,
            {"productId": "id", "category": "type"},
            product_id=product_id(cells.get("id")),
            name=variant_name(name, [value for value in values if value and not _has(name, value)]),
            description=cells.get("description"),
            category=last_part(cells.get("type")) or _taxonomy(cells) or OTHER,
            price=cells.get("price"),
            stock=pieces(cells.get("stock"), is_available=availability not in _UNAVAILABLE),
        )


def _has(name: str, value: str) -> bool:
    """Many titles have their variant's colour and size in them already."""
    return re.search(rf"\b{re.escape(value)}\b", name, re.IGNORECASE) is not None


def _taxonomy(cells: dict[str, str]) -> str | None:
    """Google's own categories are texts or numbers."""
    category = cells.get("taxonomy", "")
    return None if category.isdecimal() else last_part(category or None)


GOOGLE = system(
    "Google Merchant Center",
    _products,
    [["id", "title", "availability", "price"]],
    {
        "id": "id",
        "title": "name",
        "description": "description",
        "availability": "availability",
        "price": "price",
        "quantity": "stock",
        "sell on google quantity": "stock",
        "product type": "type",
        "google product category": "taxonomy",
        "item group id": "group",
        "color": "color",
        "size": "size",
        "material": "material",
        "pattern": "pattern",
    },
)
