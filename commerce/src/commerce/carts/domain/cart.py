"""Carts, their lines, and the repository that keeps them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from commerce.catalogue.domain.products import Kind, Product, Status
from shared.errors import Conflict, FieldError, Invalid, NotFound, VersionConflict
from shared.money import Money, one_unit
from shared.persistence.unit_of_work import UnitOfWork

MAX_QUANTITY, MAX_LINES = 99, 100
KEPT = timedelta(days=30)
"""Since the last change."""

CART = "cart"
"""What a cart is called where a transaction says what was refused."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The product as it was when the customer added it.

    The stock is not compared: every order changes it.
    """

    name: str
    kind: Kind
    unit_price: Money
    stock: int | None = field(compare=False)


@dataclass(frozen=True, slots=True)
class Line:
    """`quantity` is from 1 to 99. Lines are ordered by `put_at`, the time when the product was first added.

    `own_price`: what the customer gives for one of a donation item, in the place of its price.
    """

    product_id: str
    quantity: int
    seen: Seen
    put_at: datetime
    own_price: Money | None = None

    @property
    def price(self) -> Money:
        """Of one, as the customer has seen it."""
        return self.own_price or self.seen.unit_price

    def is_short_of(self, stock: int | None) -> bool:
        """Whether this stock is too small for the line, and not the one that the customer has seen."""
        return stock is not None and stock < self.quantity and stock != self.seen.stock


@dataclass(frozen=True, slots=True)
class Cart:
    """A snapshot. A cart that does not exist, or has expired, has version 0 and no `expires_at`.

    A guest's cart that was merged into a user's is closed: it has no lines, and keeps the user's id until it expires.
    """

    cart_id: str
    lines: tuple[Line, ...] = ()
    version: int = 0
    expires_at: datetime | None = None
    merged_into: str | None = None

    def line(self, product_id: str) -> Line | None:
        return next((line for line in self.lines if line.product_id == product_id), None)

    def require_open(self) -> None:
        """Raises Conflict."""
        if self.merged_into:
            raise Conflict("This cart was merged into a user's cart: sign in and use /cart.")

    def with_line(self, line: Line, seen_version: int | None) -> "Cart":
        """The cart with this line; the same cart if it has it already, so that a repeated request changes nothing.

        A price of the customer's own stays if the line has no other.
        Raises Conflict if the cart is closed, full, or not at `seen_version`.
        """
        self.require_open()
        existing = self.line(line.product_id)
        if existing:
            line = replace(line, put_at=existing.put_at)
            if line.own_price is None and line.seen.kind is Kind.DONATION:
                line = replace(line, own_price=existing.own_price)
        is_stale = seen_version is not None and seen_version != self.version
        if line == existing and (is_stale or not existing.is_short_of(line.seen.stock)):
            return self
        if is_stale:
            raise Conflict(
                f"The cart is at version {self.version}, not {seen_version}: read it again, then retry.",
                [FieldError("version", f"is {self.version} now")],
            )
        lines = in_order([*(other for other in self.lines if other is not existing), line])
        require_room(lines)
        return replace(self, lines=lines)


class CartConflict(VersionConflict):
    """Nothing was written, as the cart was changed before. `cart` is the current one."""

    def __init__(self, cart: Cart) -> None:
        super().__init__("cart")
        self.cart = cart


class Carts(Protocol):
    """The repository. A cart that has expired at `now` does not exist, whether or not it has been deleted."""

    def find(self, cart_id: str, now: datetime) -> Cart: ...

    def find_two(self, first_id: str, second_id: str, now: datetime) -> tuple[Cart, Cart]:
        """In one round trip."""
        ...

    def put(self, cart: Cart, line: Line, now: datetime, *, exactly: bool) -> Cart:
        """Write one line, or create the cart with it. Other lines may be written concurrently.

        Raises CartConflict if there is no room, if more than lines of the `cart` that was read has changed, or if the
        line keeps the own price that it had, and that has changed; with `exactly`, if anything has.
        """
        ...

    def remove(self, cart_id: str, product_id: str, now: datetime) -> Cart:
        """Write nothing if there is no such line, or the cart is closed."""
        ...

    def clear(self, cart_id: str, now: datetime) -> Cart:
        """Write nothing if there are no lines, or the cart is closed."""
        ...

    def merge(self, cart: Cart, lines: tuple[Line, ...], guest: Cart, user_id: str, now: datetime) -> Cart:
        """Give the user's cart these lines and close the guest's, atomically. If that has no lines, only close it.

        Raises VersionConflict if one of the two has changed since it was read.
        """
        ...

    def keep(self, cart: Cart, lines: tuple[Line, ...], now: datetime, unit_of_work: UnitOfWork) -> None:
        """Leave the cart these lines: a part of a transaction, called CART there, and refused where it has changed."""
        ...


def cart_of_user(user_id: str) -> str:
    return f"user#{user_id}"


def cart_of_guest(guest_id: str) -> str:
    return f"guest#{guest_id}"


def expiry(now: datetime) -> datetime:
    """For a cart that is changed now, in whole seconds, like DynamoDB's TTL."""
    return (now + KEPT).replace(microsecond=0)


def in_order(lines: Iterable[Line]) -> tuple[Line, ...]:
    return tuple(sorted(lines, key=lambda line: (line.put_at, line.product_id)))


def require_room(lines: tuple[Line, ...]) -> None:
    """Raises Conflict."""
    if len(lines) > MAX_LINES:
        raise Conflict(f"A cart has at most {MAX_LINES} lines, and this would make {len(lines)}: remove some first.")


def line_of(
    product: Product | None, quantity: int, currency: str, now: datetime, own_amount: int | None = None
) -> Line:
    """The line to add. Its quantity may exceed the stock, so that a repeated request gets the same answer: the cart
    shows what is left. Raises NotFound for a draft or an unknown product; Conflict if it is no longer on sale; Invalid
    for an amount of the customer's own that is too small, or for goods.
    """
    if product is None or product.status is Status.DRAFT:
        raise NotFound("There is no such product.")
    if not is_on_sale(product, currency):
        raise Conflict("The product is no longer on sale.", [FieldError("productId", "is no longer on sale")])
    seen = Seen(product.name, product.kind, product.price, product.stock)
    return Line(product.product_id, quantity, seen, now, _own_price(product, own_amount, currency))


def _own_price(product: Product, amount: int | None, currency: str) -> Money | None:
    if amount is None:
        return None
    smallest, wrong = one_unit(currency), None
    if product.kind is not Kind.DONATION:
        wrong = "must be left out for goods, which have a price"
    elif amount < smallest.amount:
        wrong = f"must be at least {smallest.amount}, which is {smallest}"
    if wrong:
        raise Invalid(f"amount {wrong}.", [FieldError("amount", wrong)])
    return Money(amount, currency)


def is_on_sale(product: Product, currency: str) -> bool:
    """Whether it is on sale in the shop's currency, whatever its stock."""
    return product.status is Status.ACTIVE and product.price.currency == currency
