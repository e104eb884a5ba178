"""What a sound line does to the catalogue: a new product, the next version of one, or nothing."""

from dataclasses import replace
from datetime import datetime

from commerce.catalogue.domain.products import Kind, Product, Status, wrong_stock
from commerce.imports.domain.lines import ColumnError, ProductLine, Unsound

_ARCHIVED = ColumnError("status", "is archived in the shop: say active to bring the product back")


def planned(line: ProductLine, there: Product | None, now: datetime) -> Product | Unsound:
    """The product as it should be; `there` itself where nothing changes.

    What the line does not say stays; a new product is active, and goods. Nothing comes back from the archive unasked.
    """
    if there is not None and there.status is Status.ARCHIVED and line.status is None:
        return Unsound((_ARCHIVED,))
    product = _changed(line, there) if there else _new(line, now)
    if wrong := wrong_stock(product.kind, product.stock):
        return Unsound((ColumnError("stock", wrong),))
    if product == there:
        return there
    return product if there is None else replace(product, version=there.version + 1, updated_at=now)


def _new(line: ProductLine, now: datetime) -> Product:
    return Product(
        product_id=line.product_id,
        kind=line.kind or Kind.GOODS,
        name=line.name,
        description=line.description or "",
        category=line.category,
        tags=line.tags or (),
        price=line.price,
        stock=line.stock,
        status=line.status or Status.ACTIVE,
        images=(),
        version=1,
        created_at=now,
        updated_at=now,
    )


def _changed(line: ProductLine, there: Product) -> Product:
    kind = line.kind or there.kind
    kept_stock = there.stock if kind is Kind.GOODS else None
    return replace(
        there,
        kind=kind,
        name=line.name,
        description=there.description if line.description is None else line.description,
        category=line.category,
        tags=there.tags if line.tags is None else line.tags,
        price=line.price,
        stock=kept_stock if line.stock is None else line.stock,
        status=line.status or there.status,
    )
