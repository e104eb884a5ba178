"""What a valid line does to the catalogue: a new product, a new version of one, or nothing."""

from dataclasses import dataclass, replace
from datetime import datetime

from commerce.catalogue.domain.products import Kind, Product, Status, next_version, refused_edit, stock_error
from commerce.imports.domain.lines import InvalidLine, ProductLine
from shared.text.csv_file import ColumnError

_ARCHIVED = ColumnError("status", "is archived in the shop: set it to active to bring the product back")


@dataclass(frozen=True, slots=True)
class Plan:
    """`product` is the existing one itself if nothing changes; `notes` say what stays although the line differs."""

    product: Product
    notes: tuple[ColumnError, ...] = ()


def planned(line: ProductLine, existing: Product | None, now: datetime) -> Plan | InvalidLine:
    """The product as the line wants it.

    Fields that the line does not have stay as they are; by default, a new product is active, and goods. An archived
    product comes back only if the line has a status. A stock that has moved stays too: files are older than sales.
    """
    if existing is None:
        return _valid(_new(line, now))
    if existing.status is Status.ARCHIVED and line.status is None:
        return InvalidLine((_ARCHIVED,))
    plan = _valid(_changed(line, existing))
    if isinstance(plan, InvalidLine):
        return plan
    product, notes = plan.product, tuple[ColumnError, ...]()
    if refused := refused_edit(existing, product):
        if product.kind is not existing.kind:
            return InvalidLine((ColumnError(refused.field, refused.message),))
        product, notes = replace(product, stock=existing.stock), (ColumnError(refused.field, refused.message),)
    return Plan(existing if product == existing else next_version(existing, product, now), notes)


def _valid(product: Product) -> Plan | InvalidLine:
    wrong = stock_error(product.kind, product.stock)
    return InvalidLine((ColumnError("stock", wrong),)) if wrong else Plan(product)


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
        revision=1,
        movements=0,
        opening_stock=line.stock,
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
