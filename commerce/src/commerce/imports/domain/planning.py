"""What a valid line does to the catalogue: a new product, a new version of one, or nothing."""

from dataclasses import replace
from datetime import datetime

from commerce.catalogue.domain.products import Kind, Product, Status, stock_error
from commerce.imports.domain.lines import ColumnError, InvalidLine, ProductLine

_ARCHIVED = ColumnError("status", "is archived in the shop: set it to active to bring the product back")


def planned(line: ProductLine, existing: Product | None, now: datetime) -> Product | InvalidLine:
    """The product as the line wants it; `existing` itself if nothing changes.

    Fields that the line does not have stay as they are; by default, a new product is active, and goods. An archived
    product comes back only if the line has a status.
    """
    if existing is not None and existing.status is Status.ARCHIVED and line.status is None:
        return InvalidLine((_ARCHIVED,))
    product = _changed(line, existing) if existing else _new(line, now)
    if wrong := stock_error(product.kind, product.stock):
        return InvalidLine((ColumnError("stock", wrong),))
    if product == existing:
        return existing
    return product if existing is None else replace(product, version=existing.version + 1, updated_at=now)


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


def _changed(line: ProductLine, existing: Product) -> Product:
    kind = line.kind or existing.kind
    kept_stock = existing.stock if kind is Kind.GOODS else None
    return replace(
        existing,
        kind=kind,
        name=line.name,
        description=existing.description if line.description is None else line.description,
        category=line.category,
        tags=existing.tags if line.tags is None else line.tags,
        price=line.price,
        stock=kept_stock if line.stock is None else line.stock,
        status=line.status or existing.status,
    )
