"""The repository of orders, and what a change of one brings with it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from commerce.checkout.domain.checkout import Checkouts, CheckoutStatus
from commerce.orders.domain.order import DisputeStatus, Order, OrderStatus, PaymentStatus
from commerce.payments.domain import ledger
from commerce.payments.domain.ledger import Entry, Ledger
from commerce.stock.domain.movements import StockLedger, refund_return
from shared.errors import NotFound, Unavailable
from shared.idempotency.claims import Claim, FirstAnswer, FirstAnswers, once, translated_refusals
from shared.money import Money
from shared.persistence.unit_of_work import UnitOfWork, Write, WriteRefused
from shared.resilience.backoff import Backoff
from shared.time.periods import Period

_ATTEMPTS = 6

ORDER, CHECKOUT = "order", "checkout"
"""What they are called where a transaction says what was refused."""


@dataclass(frozen=True, slots=True)
class Page:
    """Orders, newest first, and where the next page begins (None at the end)."""

    items: tuple[Order, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class Listing:
    """Of one status or of all, that were begun from `since` on and before `until`."""

    status: OrderStatus | None
    since: datetime | None
    until: datetime | None

    @property
    def period(self) -> Period:
        return Period(self.since, self.until)


class Orders(Protocol):
    """The repository. Every method raises Unavailable."""

    def find(self, order_id: str) -> Order | None: ...

    def find_by_number(self, number: str) -> Order | None:
        """Perhaps not yet in the moment after it was made."""
        ...

    def find_by_payment(self, payment_id: str) -> Order | None:
        """Perhaps not yet in the moment after it was made."""
        ...

    def of_user(self, user_id: str, listing: Listing, after: str | None, limit: int) -> Page:
        """A listing by status may have fewer than `limit` on a page that others follow."""
        ...

    def listed(self, listing: Listing, after: str | None, limit: int) -> Page:
        """The cost depends on `limit` only."""
        ...

    def add(self, order: Order, unit_of_work: UnitOfWork) -> None:
        """A part of a transaction, called ORDER there: refused where there is an order with this id."""
        ...

    def save(self, order: Order, unit_of_work: UnitOfWork) -> Order:
        """In the place of the version that was read: a part of a transaction, called ORDER there.

        As it is written: one version on.
        """
        ...


type Consequence = Callable[[Order, Order, datetime, UnitOfWork], None]
"""Adds to the transaction what follows from the change of an order, given as it was and as it will be."""


class FirstAnswerKeeper(FirstAnswers, Protocol):
    def record(self, answer: FirstAnswer | None, unit_of_work: UnitOfWork) -> None:
        """A part of a transaction."""
        ...


class OrderBook:
    """Changes orders, with all consequences or not at all, whoever else changes the same one."""

    def __init__(
        self,
        orders: Orders,
        begin: Callable[[], UnitOfWork],
        consequences: Sequence[Consequence] = (),
        backoff: Callable[[], Backoff] = lambda: Backoff(0.05),
        first_answers: FirstAnswerKeeper | None = None,
    ) -> None:
        self._orders, self._begin, self._consequences, self._backoff = orders, begin, consequences, backoff
        self._first_answers = first_answers

    def read(self, order_id: str) -> Order:
        """Raises NotFound."""
        order = self._orders.find(order_id)
        if order is None:
            raise NotFound("There is no such order.")
        return order

    def change(
        self,
        order_id: str,
        change: Callable[[Order], Order],
        now: datetime,
        also: Callable[[Order], Write] | None = None,
    ) -> Order:
        """The order as it is then. `change` may be called again with what others have written meanwhile.

        `also` is written with it, made of the order as it will be. Raises NotFound; KeyInUse; Unavailable; what
        `change` raises.
        """
        backoff = self._backoff()
        for _ in range(_ATTEMPTS):
            order = self.read(order_id)
            changed = change(order)
            if changed == order:
                return order
            unit_of_work = self._begin()
            saved = self._orders.save(changed, unit_of_work)
            for consequence in self._consequences:
                consequence(order, saved, now, unit_of_work)
            if also:
                also(saved)(unit_of_work)
            try:
                with translated_refusals():
                    unit_of_work.commit()
            except WriteRefused as error:
                if not error.refused & {ORDER, CHECKOUT}:
                    raise
            else:
                return saved
            backoff.pause()
        raise Unavailable("Others are changing the same order; nothing was changed, try again.", retry_after_seconds=2)

    def change_once(
        self,
        order_id: str,
        change: Callable[[Order], Order],
        now: datetime,
        claim: Claim | None,
        answer: Callable[[Order], object],
    ) -> object:
        """What `answer` makes of the changed order, or what was answered first under the claim. Raises as `change`."""

        first_answers = self._first_answers
        if first_answers is None:
            raise ValueError("a first answer needs its table")

        def keep(order: Order) -> Write:
            kept = claim.answered(answer(order), now) if claim else None
            return lambda unit_of_work: first_answers.record(kept, unit_of_work)

        return once(claim, first_answers, now, lambda: answer(self.change(order_id, change, now, keep)))


# --- Consequences


def booked(entries: Ledger) -> Consequence:
    """The ledger has what the provider has booked."""

    def record(old: Order, new: Order, now: datetime, unit_of_work: UnitOfWork) -> None:
        for entry in entries_of(old, new):
            entries.record(entry, now, unit_of_work)

    return record


def restocked(stock: StockLedger) -> Consequence:
    """What was taken back is in stock again."""

    def move(old: Order, new: Order, now: datetime, unit_of_work: UnitOfWork) -> None:
        for refund in new.refunds:
            before = old.refund(refund.refund_id)
            if refund.is_restocked and refund.pieces and not (before and before.is_restocked):
                stock.move(refund_return(refund.refund_id, refund.pieces, refund.by, now), unit_of_work)

    return move


def closed(checkouts: Checkouts) -> Consequence:
    """The checkout of what was refunded in full says so."""

    def close(old: Order, new: Order, _: datetime, unit_of_work: UnitOfWork) -> None:
        if new.payment is not PaymentStatus.REFUNDED or old.payment is PaymentStatus.REFUNDED:
            return
        checkout = checkouts.find(new.checkout_id)  # it is not kept for ever
        if checkout and checkout.status is CheckoutStatus.COMPLETED:
            checkouts.save(checkout.moved(CheckoutStatus.REFUNDED), unit_of_work)

    return close


def entries_of(old: Order, new: Order) -> Iterator[Entry]:
    """What the ledger records of a change: the ids are made of the provider's names, so that each counts once."""
    currency, payment_id = new.quote.currency, new.payment_id
    for refund in new.refunds:
        before, provider_id = old.refund(refund.refund_id), refund.provider_id
        if refund.returned is None or provider_id is None:
            continue
        if before is None or not before.is_booked:
            if any(refund.returned.values()):
                yield ledger.returned(payment_id, provider_id, refund.returned, currency)
            yield ledger.refunded(payment_id, provider_id, refund.amount)
        if not refund.is_claimed and (before is None or before.is_claimed):
            yield ledger.refund_failed(payment_id, provider_id, refund.amount)
    existing = {dispute.dispute_id: dispute.status for dispute in old.disputes}
    for dispute in new.disputes:
        amount = Money(dispute.amount, currency)
        if dispute.dispute_id not in existing:
            yield ledger.disputed(payment_id, dispute.dispute_id, amount)
        if dispute.status is DisputeStatus.WON and existing.get(dispute.dispute_id) is not DisputeStatus.WON:
            yield ledger.dispute_won(payment_id, dispute.dispute_id, amount)
