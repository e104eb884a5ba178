"""Square: Items → Export library. A row for each variation; its stock is the sum of all locations'."""

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

_NO_VARIATION = {"regular", "default"}


def _products(rows: Sequence[Record]) -> Iterator[Record]:
    for row in rows:
        cells = cells_of(row)
        variation = cells.get("variation", "")
        values = [] if variation.lower() in _NO_VARIATION else [variation]
        yield line(
            row,
            {"category": "category"},
            product_id=product_id(cells.get("sku") or cells.get("token")),
            name=variant_name(cells.get("name", ""), values),
            description=cells.get("description"),
            category=_category(cells) or OTHER,
            price=cells.get("price"),
            stock=_stock(cells),
            status="archived" if cells.get("archived", "").upper() in {"Y", "YES", "TRUE"} else "active",
        )


def _category(cells: dict[str, str]) -> str | None:
    """`Scarves` of `Clothing > Scarves (#123), Gifts`."""
    first = (cells.get("reporting") or cells.get("category", "")).split(",")[0]
    return last_part(re.sub(r"\(#[^)]*\)", "", first).strip() or None)


def _stock(cells: dict[str, str]) -> str:
    counts = [pieces(count) for column, count in cells.items() if column.startswith("stock")]
    if not counts:
        return pieces(None)
    wrong = [count for count in counts if not count.isdecimal()]
    return wrong[0] if wrong else str(sum(map(int, counts)))


SQUARE = system(
    "Square",
    _products,
    [["Item Name", "Variation Name"]],
    {
        "Token": "token",
        "Item Name": "name",
        "Variation Name": "variation",
        "SKU": "sku",
        "Description": "description",
        "Category": "category",
        "Categories": "category",
        "Reporting Category": "reporting",
        "Price": "price",
        "Archived": "archived",
        "Current Quantity*": "stock*",
    },
)
