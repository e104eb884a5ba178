"""What a valid line does to the catalogue: a new product, a new version of one, a count of its stock, or nothing."""

from dataclasses import dataclass, replace
from datetime import datetime

from commerce.catalogue.domain.products import Kind, Product, Status, next_version, refused_edit, stock_error
from commerce.imports.domain.lines import InvalidLine, ProductLine
from shared.text.csv_file import ColumnError, cell_text

_ARCHIVED = ColumnError("status", "is archived in the shop: set it to active to bring the product back")
_UNKNOWN = ColumnError("productId", "is not in the shop: a new product needs name, category and price")
_NEEDED = "is required for a new product"
_WITHOUT_STOCK = ColumnError("stock", "must be left out for a donation item, which does not run out")
_SEEN_WITHOUT_COUNT = ColumnError("seen", "is for lines that have nothing but productId and stock")


@dataclass(frozen=True, slots=True)
class Plan:
    """`product` is the existing one itself if nothing changes; `notes` say what stays although the line differs."""

    product: Product
    notes: tuple[ColumnError, ...] = ()


@dataclass(frozen=True, slots=True)
class Count:
    """The stock of the product that was seen is to be this."""

    product: Product
    stock: int


def planned(line: ProductLine, existing: Product | None, now: datetime) -> Plan | Count | InvalidLine:
    """The product as the line wants it.

    Fields that the line does not have stay as they are; by default, a new product is active, and goods. An archived
    product comes back only if the line has a status. A stock that has moved stays too, if the line says more than the
    stock: such files are older than sales.
    """
    if existing is None:
        return _new(line, now)
    if line.is_count:
        return _counted(line.stock or 0, line.seen, existing)
    if line.seen is not None:
        return InvalidLine((_SEEN_WITHOUT_COUNT,))
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


def _counted(stock: int, seen: int | None, existing: Product) -> Plan | Count | InvalidLine:
    if existing.stock is None:
        return InvalidLine((_WITHOUT_STOCK,))
    if existing.stock == stock:
        return Plan(existing)
    if seen not in {None, existing.stock}:
        return InvalidLine((ColumnError("seen", f"is {existing.stock} now: check what has happened, then retry"),))
    return Count(existing, stock)


def _valid(product: Product) -> Plan | InvalidLine:
    wrong = stock_error(product.kind, product.stock)
    return InvalidLine((ColumnError("stock", wrong),)) if wrong else Plan(product)


def _new(line: ProductLine, now: datetime) -> Plan | InvalidLine:
    if line.name is None and line.category is None and line.price is None:
        return InvalidLine((_UNKNOWN,))
    kind = line.kind or Kind.GOODS
    errors = [ColumnError(name, _NEEDED) for name in ("name", "category", "price") if getattr(line, name) is None]
    if wrong := stock_error(kind, line.stock):
        errors.append(ColumnError("stock", wrong))
    if line.seen is not None:
        errors.append(_SEEN_WITHOUT_COUNT)
    if errors or line.name is None or line.category is None or line.price is None:
        return InvalidLine(tuple(errors))
    product = Product(
        product_id=line.product_id,
        kind=kind,
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
    return Plan(product)


def _changed(line: ProductLine, existing: Product) -> Product:
    kind = line.kind or existing.kind
    kept_stock = existing.stock if kind is Kind.GOODS else None
    description = line.description
    if description is None or description == cell_text(existing.description):
        description = existing.description  # cells keep no white space at the ends of a text
    return replace(
        existing,
        kind=kind,
        name=existing.name if line.name is None else line.name,
        description=description,
        category=existing.category if line.category is None else line.category,
        tags=existing.tags if line.tags is None else line.tags,
        price=line.price or existing.price,
        stock=kept_stock if line.stock is None else line.stock,
        status=line.status or existing.status,
    )
