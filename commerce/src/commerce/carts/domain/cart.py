"""What stands in a cart, and what keeps it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from commerce.catalogue.domain.products import Kind, Product, Status
from shared.errors import Conflict, FieldError, NotFound
from shared.money import Money

MAX_QUANTITY, MAX_LINES = 99, 100
KEPT = timedelta(days=30)
"""After its last change."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a product was like when the customer put it into the cart.

    How many there were makes no difference: every order changes it.
    """

    name: str
    kind: Kind
    unit_price: Money
    stock: int | None = field(compare=False)


@dataclass(frozen=True, slots=True)
class Line:
    """1 to 99 of a product. `put_at` is when it was put there first: lines stand in that order."""

    product_id: str
    quantity: int
    seen: Seen
    put_at: datetime

    def is_short_of(self, stock: int | None) -> bool:
        """Whether it is news that there are so many: too few for the line, and not what was seen."""
        return stock is not None and stock < self.quantity and stock != self.seen.stock


@dataclass(frozen=True, slots=True)
class Cart:
    """As it was at a moment: without `expires_at` there was nothing, or nothing any more, and its version is 0.

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
            raise Conflict("This cart has become part of a user's cart: sign in, and use /cart.")

    def with_line(self, line: Line, seen_version: int | None) -> "Cart":
        """The cart itself where the line stands there already, so that a request that is repeated changes nothing.

        Raises Conflict where the cart is closed or full, or has another version than the one that was seen.
        """
        self.require_open()
        known = self.line(line.product_id)
        line = replace(line, put_at=known.put_at) if known else line
        is_stale = seen_version is not None and seen_version != self.version
        if line == known and (is_stale or not known.is_short_of(line.seen.stock)):
            return self
        if is_stale:
            raise Conflict(
                f"The cart is at version {self.version}, you have seen {seen_version}: read it again, then repeat.",
                [FieldError("version", f"is {self.version} by now")],
            )
        lines = in_order([*(other for other in self.lines if other is not known), line])
        require_room(lines)
        return replace(self, lines=lines)


class CartMovedError(Exception):
    """Nothing was written: the cart is not what the write was meant for. `cart` is what it is now."""

    def __init__(self, cart: Cart) -> None:
        super().__init__("the cart has been changed")
        self.cart = cart


class CartsMovedError(Exception):
    """Nothing was written: one of two carts has been changed, or is being changed."""


class Carts(Protocol):
    """What has expired at `now` is not there, whether or not it has been deleted."""

    def find(self, cart_id: str, now: datetime) -> Cart: ...

    def find_two(self, first_id: str, second_id: str, now: datetime) -> tuple[Cart, Cart]:
        """In one round trip."""
        ...

    def put(self, cart: Cart, line: Line, now: datetime, *, exactly: bool) -> Cart:
        """Write one line, beside whatever others write at the same time; or begin the cart anew with it.

        `cart` is the one that was found: nothing else than its lines may have changed by now, `exactly`: nothing.
        Raises CartMovedError, also where there is no room.
        """
        ...

    def remove(self, cart_id: str, product_id: str, now: datetime) -> Cart:
        """Nothing is written where there is no such line, and nothing to a closed cart."""
        ...

    def clear(self, cart_id: str, now: datetime) -> Cart:
        """Nothing is written where there are no lines, and nothing to a closed cart."""
        ...

    def merge(self, cart: Cart, lines: tuple[Line, ...], guest: Cart, user_id: str, now: datetime) -> Cart:
        """Give a user's cart these lines and close the guest's, both or nothing. Raises CartsMovedError.

        Both carts are those that were found, and nothing of them may have changed by now. Where the guest's has no
        lines, the user's is not written.
        """
        ...


def cart_of_user(user_id: str) -> str:
    return f"user#{user_id}"


def cart_of_guest(guest_id: str) -> str:
    return f"guest#{guest_id}"


def expiry(now: datetime) -> datetime:
    """Of a cart that is changed now: whole seconds, as tables delete by them."""
    return (now + KEPT).replace(microsecond=0)


def in_order(lines: Iterable[Line]) -> tuple[Line, ...]:
    return tuple(sorted(lines, key=lambda line: (line.put_at, line.product_id)))


def require_room(lines: tuple[Line, ...]) -> None:
    """Raises Conflict."""
    if len(lines) > MAX_LINES:
        raise Conflict(f"A cart has {MAX_LINES} lines at most; this would be {len(lines)}. Remove some first.")


def line_of(product: Product | None, quantity: int, currency: str, now: datetime) -> Line:
    """A line as it can be put into a cart now; of more than there are, too, as long as the product is offered.

    So a request that is repeated gets its answer again, whoever has bought in between: the cart tells what is left.
    Raises NotFound for what customers cannot see; Conflict for what is not offered any more.
    """
    if product is None or product.status is Status.DRAFT:
        raise NotFound("There is no such product.")
    if not is_offered(product, currency):
        raise Conflict("The product is not offered any more.", [FieldError("productId", "is not offered any more")])
    return Line(product.product_id, quantity, Seen(product.name, product.kind, product.price, product.stock), now)


def is_offered(product: Product, currency: str) -> bool:
    """Whether it can be bought as long as there is enough of it: what was priced in another currency cannot."""
    return product.status is Status.ACTIVE and product.price.currency == currency
