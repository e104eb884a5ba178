"""Etsy: Shop Manager → Settings → Options → Download data. A row for each listing, with one price and one quantity.

Its variations have none of their own, so a listing is one product. There is no category.
"""

from collections.abc import Iterator, Sequence

from commerce.imports.domain.systems.system import OTHER, cells_of, line, pieces, product_id, system, tags
from shared.text.csv_file import Record


def _products(rows: Sequence[Record]) -> Iterator[Record]:
    for row in rows:
        cells = cells_of(row)
        skus = {sku.strip() for sku in cells.get("sku", "").split(",")} - {""}
        yield line(
            row,
            product_id=product_id(*skus) if len(skus) == 1 else None,
            name=cells.get("name"),
            description=cells.get("description"),
            category=OTHER,
            tags=tags(cells.get("tags", "").replace("_", " ")),
            price=cells.get("price"),
            currency=cells.get("currency"),
            stock=pieces(cells.get("stock")),
        )


ETSY = system(
    "Etsy",
    _products,
    [["TITLE", "PRICE", "CURRENCY_CODE", "QUANTITY"]],
    {
        "TITLE": "name",
        "DESCRIPTION": "description",
        "PRICE": "price",
        "CURRENCY_CODE": "currency",
        "QUANTITY": "stock",
        "TAGS": "tags",
        "SKU": "sku",
    },
)
