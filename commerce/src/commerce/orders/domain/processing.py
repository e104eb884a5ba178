"""Makes the order of a paid checkout: once, whatever is repeated, comes late or stops in the middle."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from commerce.carts.domain.buying import remaining
from commerce.carts.domain.cart import CART, Carts
from commerce.checkout.domain.checkout import Checkout, Checkouts, CheckoutStatus
from commerce.checkout.domain.sealing import QuoteSeals
from commerce.checkout.domain.waiting import Waiting
from commerce.orders.domain.order import Order, placed
from commerce.orders.domain.orders import CHECKOUT, ORDER, Orders
from commerce.payments.domain.ledger import Ledger, charged, ordered
from shared.errors import Unavailable
from shared.persistence.unit_of_work import UnitOfWork, WriteRefused
from shared.resilience.backoff import Backoff

_ATTEMPTS = 6


class NotPaid(Exception):
    """Nobody is to get an order for this checkout: the message is wrong, or comes too early."""


class Numbers(Protocol):
    def next(self, counter: str) -> int:
        """From 1, never the same twice; numbers of what fails later are left out."""
        ...


def _backoff() -> Backoff:
    return Backoff(0.05)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderProcessor:
    checkouts: Checkouts
    seals: QuoteSeals
    orders: Orders
    ledger: Ledger
    carts: Carts
    numbers: Numbers
    waiting: Waiting
    unit_of_work: Callable[[], UnitOfWork]
    backoff: Callable[[], Backoff] = _backoff

    def process(self, checkout_id: str, token: str | None, now: datetime) -> str:
        """The order's id; whoever waits for it has heard of it. Raises NotPaid; BrokenSeal; Unavailable."""
        order_id = self._made(checkout_id, now)
        if token:
            self.waiting.resume(token, {"orderId": order_id})
        return order_id

    def _made(self, checkout_id: str, now: datetime) -> str:
        backoff, number = self.backoff(), 0
        for _ in range(_ATTEMPTS):
            checkout = self.checkouts.find(checkout_id)
            if checkout is not None and checkout.order_id:
                return checkout.order_id
            if checkout is None or checkout.status is not CheckoutStatus.PAID:
                raise NotPaid
            self.seals.require(checkout)
            number = number or self.numbers.next(ORDER)
            order = placed(checkout, number_of(number), now)
            if self._commit(checkout, order, now):
                return order.order_id
            backoff.pause()
        raise Unavailable("Others are changing the same cart; nothing was changed, try again.", retry_after_seconds=2)

    def _commit(self, checkout: Checkout, order: Order, now: datetime) -> bool:
        """Whether the order was made: all of it, or nothing."""
        quote, unit_of_work = checkout.quote, self.unit_of_work()
        self.orders.add(order, unit_of_work)
        self.ledger.record(charged(order.payment_id, order.charge_id, quote.total), now, unit_of_work)
        earned = ordered(order.payment_id, order.order_id, quote.earned, quote.currency)
        self.ledger.record(earned, now, unit_of_work)
        self.checkouts.save(checkout.completed(order.order_id, now), unit_of_work)
        cart, bought = self.carts.find(checkout.cart_id, now), {line.product_id: line.quantity for line in quote.lines}
        left = remaining(cart, bought, checkout.created_at)
        if left != cart.lines:
            self.carts.keep(cart, left, now, unit_of_work)
        try:
            unit_of_work.commit()
        except WriteRefused as error:
            if not error.refused & {ORDER, CHECKOUT, CART}:
                raise
            return False
        return True


def number_of(count: int) -> str:
    """For people to read and to say: six digits from the first order on."""
    return str(100_000 + count)
