"""A cart at current prices: what can be bought, and what has changed since it was added."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from commerce.carts.domain.cart import Cart, Line, is_on_sale
from commerce.catalogue.domain.products import Image, Kind, Product, Status
from shared.money import Money


class Reason(StrEnum):
    """Why a line cannot be bought."""

    NOT_OFFERED = "not-offered"
    SOLD_OUT = "sold-out"
    TOO_FEW = "too-few"


@dataclass(frozen=True, slots=True)
class Change:
    """`to` is null if customers may not see the current value."""

    field: Literal["name", "kind", "unitPrice", "stock", "status"]
    from_: Money | str | int | None
    to: Money | str | int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLine:
    """`left` is the stock; None for what does not run out, or is not on sale.

    `own_price` is the unit price if the customer has chosen it, and not the shop.
    """

    product_id: str
    name: str
    kind: Kind
    quantity: int
    unit_price: Money
    own_price: Money | None
    reason: Reason | None
    left: int | None
    changes: tuple[Change, ...]
    image: Image | None

    @property
    def line_total(self) -> Money:
        return Money(self.unit_price.amount * self.quantity, self.unit_price.currency)


@dataclass(frozen=True, slots=True)
class ShownCart:
    """Totals count lines that can be bought; donations, which are gifts, have their own."""

    cart: Cart
    lines: tuple[ShownLine, ...]
    goods: Money
    donations: Money

    @property
    def total(self) -> Money:
        return self.goods + self.donations


def shown(cart: Cart, products: Mapping[str, Product], currency: str) -> ShownCart:
    """`products`: those of its lines, by id, without those that do not exist."""
    lines = tuple(_shown_line(line, products.get(line.product_id), currency) for line in cart.lines)
    return ShownCart(cart, lines, _total(lines, Kind.GOODS, currency), _total(lines, Kind.DONATION, currency))


def _total(lines: tuple[ShownLine, ...], kind: Kind, currency: str) -> Money:
    amounts = (line.line_total.amount for line in lines if line.kind is kind and line.reason is None)
    return Money(sum(amounts), currency)


def _shown_line(line: Line, product: Product | None, currency: str) -> ShownLine:
    if product is None or product.status is Status.DRAFT:
        return ShownLine(
            product_id=line.product_id,
            name=line.seen.name,
            kind=line.seen.kind,
            quantity=line.quantity,
            unit_price=line.price,
            own_price=line.own_price,
            reason=Reason.NOT_OFFERED,
            left=None,
            changes=(Change("status", Status.ACTIVE.value, None),),
            image=None,
        )
    reason, own_price = _reason(product, line.quantity, currency), _own_price(line, product)
    return ShownLine(
        product_id=line.product_id,
        name=product.name,
        kind=product.kind,
        quantity=line.quantity,
        unit_price=own_price or product.price,
        own_price=own_price,
        reason=reason,
        left=None if reason is Reason.NOT_OFFERED else product.stock,
        changes=tuple(_changes(line, product)),
        image=product.images[0] if product.images else None,
    )


def _own_price(line: Line, product: Product) -> Money | None:
    """None for what costs what the shop says, in case it has been a donation item."""
    return line.own_price if product.kind is Kind.DONATION else None


def _reason(product: Product, quantity: int, currency: str) -> Reason | None:
    if not is_on_sale(product, currency):
        return Reason.NOT_OFFERED
    if product.has(quantity):
        return None
    return Reason.TOO_FEW if product.stock else Reason.SOLD_OUT


def _changes(line: Line, product: Product) -> Iterator[Change]:
    seen = line.seen
    if product.name != seen.name:
        yield Change("name", seen.name, product.name)
    if product.kind is not seen.kind:
        yield Change("kind", seen.kind.value, product.kind.value)
    price = _own_price(line, product) or product.price
    if price != line.price:
        yield Change("unitPrice", line.price, price)
    if product.status is not Status.ACTIVE:
        yield Change("status", Status.ACTIVE.value, product.status.value)
    elif line.is_short_of(product.stock):  # the stock changes with every order: only a shortage matters
        yield Change("stock", seen.stock, product.stock)
