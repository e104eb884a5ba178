"""The steps of a checkout. Each can be repeated, interrupted and overtaken by any other, at any point.

Two rules carry it. Nothing is undone before the provider has said that the payment cannot be made any more. And what a
step finds is what the provider has, whatever brought the news, so order, repetition and loss of events do not matter.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from commerce.catalogue.domain.products import Kind, Product
from commerce.checkout.domain.checkout import Checkout, CheckoutProblem, Checkouts, CheckoutStatus, Reservation, update
from commerce.checkout.domain.refusing import not_available, took_too_long
from commerce.checkout.domain.sealing import QuoteSeals
from commerce.stock.domain.movements import MOVEMENT, StockLedger, release, reservation
from shared.errors import NotFound, Unavailable
from shared.persistence.unit_of_work import UnitOfWork, WriteRefused

_ATTEMPTS = 8
CHECKOUT = "checkout"
"""What the checkout's row is called where a transaction says what was refused."""


class Outcome(StrEnum):
    """What the state machine does next."""

    GOES_ON = "goes-on"
    PAID = "paid"
    REQUIRES_ACTION = "requires-action"
    PROCESSING = "processing"
    """The customer's bank takes days."""
    DOUBTFUL = "doubtful"
    """Whether the customer has been charged is not clear yet."""
    REFUSED = "refused"
    """Nothing was charged: it is to be abandoned."""
    ENDED = "ended"


class Products(Protocol):
    def find_many(self, product_ids: list[str]) -> dict[str, Product]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutSaga:
    """What a checkout does to the shop's own tables."""

    checkouts: Checkouts
    products: Products
    stock: StockLedger
    seals: QuoteSeals
    unit_of_work: Callable[[], UnitOfWork]

    def validate(self, checkout_id: str, now: datetime) -> Outcome:
        """What was quoted is still on sale at that price, and there is enough. One round of reads.

        Reserving checks it again, in its transaction: this saves the transactions that would be refused.
        """
        checkout = self.found(checkout_id)
        self.seals.require(checkout)
        if not checkout.is_open or checkout.reservation is not Reservation.NONE:
            return outcome_of(checkout)
        if now >= checkout.reserved_until:
            return outcome_of(self.end(checkout, CheckoutStatus.CANCELLED, took_too_long(), now))
        refusal = self._not_available(checkout)
        if refusal:
            return outcome_of(self.end(checkout, *refusal, now))
        return Outcome.GOES_ON

    def reserve(self, checkout_id: str, now: datetime) -> Outcome:
        """One transaction: all that is bought, or nothing of it."""
        checkout = self.found(checkout_id)
        quantities = checkout.quote.stocked
        if not checkout.is_open or checkout.reservation is not Reservation.NONE or not quantities:
            return outcome_of(checkout)
        movement = reservation(checkout_id, quantities, checkout.user_id, now)
        prices = {line.product_id: line.unit_price for line in checkout.quote.lines if line.kind is Kind.GOODS}
        work = self.unit_of_work()
        self.stock.move(movement, work, selling_at=prices)
        self.checkouts.save(checkout.reserved(), work)
        try:
            work.commit()
        except WriteRefused as error:
            if not error.refused.isdisjoint({CHECKOUT, MOVEMENT}):  # somebody else has done it, or has ended it
                return outcome_of(self.found(checkout_id))
            refusal = self._not_available(checkout)
            if refusal is None:
                raise Unavailable("The stock is changing: try again.") from error
            return outcome_of(self.end(checkout, *refusal, now))
        return Outcome.GOES_ON

    def _not_available(self, checkout: Checkout) -> tuple[CheckoutStatus, CheckoutProblem] | None:
        """One round of reads: of all lines, gifts too."""
        products = self.products.find_many([line.product_id for line in checkout.quote.lines])
        return not_available(checkout.quote, products)

    def found(self, checkout_id: str) -> Checkout:
        """Raises NotFound."""
        checkout = self.checkouts.find(checkout_id)
        if checkout is None:
            raise NotFound("There is no such checkout.")
        return checkout

    def change(self, checkout: Checkout, change: Callable[[Checkout], Checkout]) -> Checkout:
        return update(self.checkouts, checkout, change)

    def end(
        self, checkout: Checkout, status: CheckoutStatus, problem: CheckoutProblem | None, now: datetime
    ) -> Checkout:
        """Give it up, with what was reserved, in one transaction. Only for what cannot be charged any more.

        As it is then, which may be paid. Raises Unavailable.
        """
        for _ in range(_ATTEMPTS):
            if not checkout.is_open:
                return checkout
            work = self.unit_of_work()
            if checkout.reservation is Reservation.HELD:
                movement = release(checkout.checkout_id, checkout.quote.stocked, checkout.user_id, now)
                self.stock.move(movement, work)
            ended = self.checkouts.save(checkout.ended(status, problem, now), work)
            try:
                work.commit()
            except WriteRefused:
                checkout = self.found(checkout.checkout_id)
            else:
                return ended
        raise Unavailable("The checkout is being changed: try again.")


def outcome_of(checkout: Checkout) -> Outcome:
    if checkout.status in {CheckoutStatus.PAID, CheckoutStatus.COMPLETED}:
        return Outcome.PAID
    return Outcome.GOES_ON if checkout.is_open else Outcome.ENDED
