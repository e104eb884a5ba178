"""Shopify: Products → Export. A row for each variant; only the first one of a product has its title and texts.

Further rows of a product without a price are its pictures.
"""

from collections.abc import Iterator, Sequence

from commerce.imports.domain.systems.system import (
    OTHER,
    cells_of,
    last_part,
    line,
    pieces,
    product_id,
    system,
    tags,
    variant_name,
)
from shared.text.csv_file import Record

_OF_PRODUCT = ("name", "description", "type", "taxonomy", "tags", "published", "status")
_NO_OPTION = "default title"


def _products(rows: Sequence[Record]) -> Iterator[Record]:
    handle, of_product = "", dict[str, str]()
    for row in rows:
        cells = cells_of(row)
        if cells.get("handle", "") != handle:
            handle = cells.get("handle", "")
            of_product = {column: cells[column] for column in _OF_PRODUCT if column in cells}
        elif "price" not in cells and "sku" not in cells:
            continue
        product = of_product | cells
        options = [value for n in (1, 2, 3) if (value := cells.get(f"option{n}")) and value.lower() != _NO_OPTION]
        yield line(
            row,
            {"category": "type"},
            product_id=product_id(cells["sku"]) if "sku" in cells else product_id(handle, *options),
            name=variant_name(product.get("name", ""), options),
            description=product.get("description"),
            category=product.get("type") or last_part(product.get("taxonomy")) or OTHER,
            tags=tags(product.get("tags")),
            price=cells.get("price"),
            stock=pieces(cells.get("stock")),
            status=_status(product),
        )


def _status(product: dict[str, str]) -> str:
    status = product.get("status", "active").lower()
    if status == "active" and product.get("published", "true").lower() == "false":
        return "draft"
    return {"unlisted": "draft"}.get(status, status)


SHOPIFY = system(
    "Shopify",
    _products,
    [["Handle", "Title", "Variant Price"], ["URL handle", "Title", "Price"]],
    {
        "Handle": "handle",
        "URL handle": "handle",
        "Title": "name",
        "Body (HTML)": "description",
        "Description": "description",
        "Type": "type",
        "Product Category": "taxonomy",
        "Tags": "tags",
        "Published": "published",
        "Published on online store": "published",
        "Option1 Value": "option1",
        "Option2 Value": "option2",
        "Option3 Value": "option3",
        "Variant SKU": "sku",
        "SKU": "sku",
        "Variant Inventory Qty": "stock",
        "Inventory quantity": "stock",
        "Variant Price": "price",
        "Price": "price",
        "Status": "status",
    },
)
