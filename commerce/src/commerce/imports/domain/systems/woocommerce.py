"""WooCommerce: Products → Export. A variable product's row has no price; its variations name it as their parent.

Grouped and external products are nothing that we could sell.
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

_NOT_SOLD = {"variable", "grouped", "external"}
_STATUS = {"1": "active", "0": "draft", "-1": "draft"}


def _products(rows: Sequence[Record]) -> Iterator[Record]:
    parents = dict[str, dict[str, str]]()
    for row in rows:
        cells = cells_of(row)
        parents |= {key: cells for key in (cells.get("sku"), f"id:{cells.get('id')}") if key}
    for row in rows:
        cells = cells_of(row)
        types = {each.strip() for each in cells.get("type", "").lower().split(",")}
        if types & _NOT_SOLD:
            continue
        parent = parents.get(cells.get("parent", ""), {})
        yield line(
            row,
            {"category": "categories"},
            product_id=product_id(cells.get("sku") or cells.get("id")),
            name=_name(cells, parent),
            description=cells.get("description") or cells.get("summary") or parent.get("description"),
            category=_category(cells) or _category(parent) or OTHER,
            tags=tags(cells.get("tags") or parent.get("tags")),
            price=cells.get("price"),
            stock=pieces(_counted(cells, parent), is_available=cells.get("available", "1") != "0"),
            status=_STATUS.get(cells.get("published", "1"), cells.get("published")),
        )


def _name(cells: dict[str, str], parent: dict[str, str]) -> str:
    """Variations are called `Scarf - Red`, or like their parent."""
    name = cells.get("name") or parent.get("name", "")
    if parent and name == parent.get("name"):
        return variant_name(name, [cells.get(f"attribute{n}") for n in (1, 2, 3)])
    return name


def _counted(cells: dict[str, str], parent: dict[str, str]) -> str | None:
    """Those that have no stock of their own share that of their parent, which we cannot."""
    stock = cells.get("stock")
    return parent.get("stock") if stock == "parent" else stock


def _category(cells: dict[str, str]) -> str | None:
    return last_part(cells.get("categories", "").split(",")[0].strip() or None)


WOOCOMMERCE = system(
    "WooCommerce",
    _products,
    [["ID", "Type", "Name", "Regular price"], ["SKU", "Type", "Name", "Regular price"]],
    {
        "ID": "id",
        "Type": "type",
        "SKU": "sku",
        "Name": "name",
        "Published": "published",
        "Short description": "summary",
        "Description": "description",
        "In stock?": "available",
        "Stock": "stock",
        "Regular price": "price",
        "Categories": "categories",
        "Tags": "tags",
        "Parent": "parent",
        "Attribute 1 value(s)": "attribute1",
        "Attribute 2 value(s)": "attribute2",
        "Attribute 3 value(s)": "attribute3",
    },
)
