"""What clients receive about carts."""

from dataclasses import dataclass
from datetime import datetime

from commerce.carts.domain.showing import Change, Reason, ShownCart, ShownLine
from commerce.catalogue.answers import ImageAnswer, image_answer
from commerce.catalogue.domain.products import Kind
from shared.money import Money


@dataclass(frozen=True, slots=True)
class CartLine:
    """`available`: whether the quantity can be bought now. `reason` says why not, `left` is the stock.

    `amount` is what the customer has chosen to give for one, in minor units; null where the shop's price holds.
    """

    product_id: str
    name: str
    kind: Kind
    quantity: int
    unit_price: Money
    amount: int | None
    line_total: Money
    available: bool
    reason: Reason | None
    left: int | None
    changes: tuple[Change, ...]
    image: ImageAnswer | None


@dataclass(frozen=True, slots=True)
class CartTotals:
    goods: Money
    donations: Money


@dataclass(frozen=True, slots=True)
class CartAnswer:
    """`total` and `totals` count available lines. A new or expired cart has version 0."""

    lines: tuple[CartLine, ...]
    total: Money
    totals: CartTotals
    version: int
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class IssuedGuestCart:
    cart_id: str
    expires_at: datetime


def cart_answer(shown: ShownCart, images_url: str) -> CartAnswer:
    return CartAnswer(
        lines=tuple(_line(line, images_url) for line in shown.lines),
        total=shown.total,
        totals=CartTotals(shown.goods, shown.donations),
        version=shown.cart.version,
        expires_at=shown.cart.expires_at,
    )


def _line(line: ShownLine, images_url: str) -> CartLine:
    return CartLine(
        product_id=line.product_id,
        name=line.name,
        kind=line.kind,
        quantity=line.quantity,
        unit_price=line.unit_price,
        amount=line.own_price.amount if line.own_price else None,
        line_total=line.line_total,
        available=line.reason is None,
        reason=line.reason,
        left=line.left,
        changes=line.changes,
        image=image_answer(line.image, images_url) if line.image else None,
    )
