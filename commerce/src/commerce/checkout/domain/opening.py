"""How a checkout begins: the cart as the customer has seen it becomes a quote, or the differences are named."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from commerce.carts.domain.cart import cart_of_user
from commerce.carts.domain.showing import Reason, ShownCart, ShownLine
from commerce.catalogue.domain.products import Kind
from commerce.checkout.domain.checkout import (
    BEGUN_WITHIN,
    Checkout,
    Checkouts,
    CheckoutStatus,
    Delivery,
    GiftAid,
    checkout_id_of,
    update,
)
from commerce.checkout.domain.declarations import declarations_on
from commerce.checkout.domain.quote import MAX_LINES, Quote, QuotedLine
from commerce.checkout.domain.sealing import QuoteSeals
from commerce.payments.domain.provider import Means
from shared.errors import Conflict, FieldError, Invalid, NotFound, VersionConflict
from shared.money import Money

MIN_MINOR_UNITS, MAX_MINOR_UNITS = 30, 99_999_999
"""What the provider charges at least and at most at once: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a customer sends. `request_hash` stands for all of it, `key` for this attempt.

    With a `cart_version`, only if the cart still has it.
    """

    user_id: str
    key: str
    request_hash: str
    means: Means
    cart_version: int | None
    delivery: Delivery | None
    gift_aid: GiftAid | None


class Carts(Protocol):
    def read(self, cart_id: str, now: datetime) -> ShownCart: ...


class Executions(Protocol):
    def start(self, checkout_id: str) -> None:
        """Once for each checkout, however often it is called. Raises Unavailable."""
        ...


class Settlements(Protocol):
    def request(self, checkout_id: str) -> None:
        """Have somebody look how the checkout stands. Twice does no harm. Raises Unavailable."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """`shipping_amount` is in minor units of the shop's currency."""

    checkouts: Checkouts
    carts: Carts
    seals: QuoteSeals
    executions: Executions
    settlements: Settlements
    currency: str
    shipping_amount: int

    def open(self, wanted: Wanted, now: datetime) -> Checkout:
        """The checkout of this key, as it stands; a new one is begun. Five reads, one transaction and the start.

        Raises Invalid; Conflict, with what is different from what the customer has seen.
        """
        checkout_id = checkout_id_of(wanted.user_id, wanted.key)
        checkout = self.checkouts.find(checkout_id)
        if checkout is None:
            latest = self._latest_ended(wanted.user_id)
            checkout = self._begun(checkout_id, wanted, now)
            try:
                self.checkouts.add(checkout, latest)
            except VersionConflict:
                checkout = self._begun_meanwhile(checkout_id, wanted.user_id)
        if checkout.request_hash != wanted.request_hash:
            message = "was used for a different request: send a new one with each new request"
            raise Invalid(f"Idempotency-Key {message}.", [FieldError("Idempotency-Key", message)])
        if checkout.is_open:
            self.executions.start(checkout_id)
        return checkout

    def read(self, checkout_id: str, user_id: str) -> Checkout:
        """Raises NotFound, also for another customer's."""
        checkout = self.checkouts.find(checkout_id)
        if checkout is None or checkout.user_id != user_id:
            raise NotFound("There is no such checkout.")
        return checkout

    def cancel(self, checkout_id: str, user_id: str) -> Checkout:
        """Ask for its end. Whether that comes before the payment, the provider decides. Idempotent.

        Raises NotFound; Conflict where it has been paid; Unavailable.
        """
        checkout = self.read(checkout_id, user_id)
        if not checkout.is_open:
            if checkout.has_order:
                raise Conflict("The checkout has been paid: cancel its order instead.")
            return checkout
        checkout = update(
            self.checkouts, checkout, lambda each: replace(each, withdrawn=True) if each.is_open else each
        )
        self.settlements.request(checkout_id)
        return checkout

    def _latest_ended(self, user_id: str) -> str | None:
        """Raises Conflict where the latest has not ended: its cart would be bought twice."""
        latest = self.checkouts.latest_of(user_id)
        checkout = self.checkouts.find(latest) if latest else None
        if checkout and (checkout.is_open or checkout.status is CheckoutStatus.PAID):
            raise _under_way(checkout.checkout_id)
        return latest

    def _begun_meanwhile(self, checkout_id: str, user_id: str) -> Checkout:
        """By the same request; another one goes first."""
        checkout = self.checkouts.find(checkout_id)
        if checkout is None:
            raise _under_way(self.checkouts.latest_of(user_id) or "")
        return checkout

    def _begun(self, checkout_id: str, wanted: Wanted, now: datetime) -> Checkout:
        cart = self.carts.read(cart_of_user(wanted.user_id), now)
        _require_as_seen(cart, wanted.cart_version)
        quote = self._quote(cart)
        _require_complete(quote, wanted, now)
        checkout = Checkout(
            checkout_id=checkout_id,
            user_id=wanted.user_id,
            request_hash=wanted.request_hash,
            created_at=now,
            quote=quote,
            seal="",
            cart_id=cart.cart.cart_id,
            cart_version=cart.cart.version,
            means=wanted.means,
            delivery=wanted.delivery if quote.stocked else None,
            gift_aid=wanted.gift_aid,
            due_at=now + BEGUN_WITHIN,
        )
        return replace(checkout, seal=self.seals.make(checkout))

    def _quote(self, cart: ShownCart) -> Quote:
        lines = tuple(
            QuotedLine(
                product_id=line.product_id,
                kind=line.kind,
                name=line.name,
                quantity=line.quantity,
                unit_price=line.unit_price,
            )
            for line in cart.lines
        )
        ships = any(line.kind is Kind.GOODS for line in lines)
        return Quote(lines, Money(self.shipping_amount if ships else 0, self.currency))


def _under_way(checkout_id: str) -> Conflict:
    message = f"{checkout_id} has not ended: wait for its end, or cancel it"
    return Conflict(f"Another checkout is under way. {message}.", [FieldError("checkoutId", message)])


def _require_as_seen(cart: ShownCart, seen_version: int | None) -> None:
    errors = [error for number, line in enumerate(cart.lines) for error in _differences(number, line)]
    version = cart.cart.version
    if seen_version is not None and seen_version != version:
        errors.insert(0, FieldError("cartVersion", f"is {version} now, not {seen_version}"))
    if errors:
        detail = (
            "The cart is not as you have seen it: see errors. Read it again, set or remove these lines, then retry."
        )
        raise Conflict(detail, errors)


def _differences(number: int, line: ShownLine) -> Iterator[FieldError]:
    """What the customer has not accepted yet, by setting the line again."""
    field = f"lines[{number}]"
    match line.reason:
        case Reason.NOT_OFFERED:
            yield FieldError(field, f"{line.name} is not on sale any more: remove it")
        case Reason.SOLD_OUT:
            yield FieldError(f"{field}.quantity", f"{line.name} is sold out: remove it")
        case Reason.TOO_FEW:
            yield FieldError(f"{field}.quantity", f"of {line.name}, there are {line.left} left, not {line.quantity}")
    for change in line.changes:
        if change.field in {"name", "kind", "unitPrice"}:
            yield FieldError(f"{field}.{change.field}", f"is {change.to} now, not {change.from_}")


def _require_complete(quote: Quote, wanted: Wanted, now: datetime) -> None:
    if not quote.lines:
        raise Invalid("The cart is empty: put something into it first.")
    errors = []
    if len(quote.lines) > MAX_LINES:
        errors.append(FieldError("lines", f"are {len(quote.lines)}: buy at most {MAX_LINES} products at once"))
    if quote.stocked and wanted.delivery is None:
        errors.append(FieldError("delivery", "is required: the cart has goods"))
    if wanted.gift_aid and not quote.donations.amount:
        errors.append(FieldError("giftAid", "is for donations: the cart has none, leave it out"))
    elif wanted.gift_aid:
        versions = [each.version for each in declarations_on(now.date())]
        if wanted.gift_aid.declaration not in versions:
            message = f"must be {' or '.join(versions)}: GET /gift-aid/declaration has the text"
            errors.append(FieldError("giftAid.declaration", message))
    if not MIN_MINOR_UNITS <= quote.total.amount <= MAX_MINOR_UNITS:
        smallest, largest = Money(MIN_MINOR_UNITS, quote.currency), Money(MAX_MINOR_UNITS, quote.currency)
        errors.append(FieldError("total", f"is {quote.total}: payments are from {smallest} to {largest}"))
    if errors:
        raise Invalid("This cart cannot be bought like this: see errors.", errors)
