"""A checkout, the graph of its states, and the repository that keeps it.

Whoever changes it has read it, and writes on the condition of the version that was read. So of a customer's browser, a
webhook, a time-out and a cancellation that come at once, one goes first, and the others read what it did.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from commerce.checkout.domain.giving_back import GivenBack
from commerce.checkout.domain.quote import Quote
from commerce.payments.domain.provider import Means, Payment
from shared.errors import Unavailable, VersionConflict
from shared.ids import uuid7
from shared.persistence.unit_of_work import UnitOfWork

RESERVED_FOR = timedelta(minutes=30)
"""How long a customer has to confirm a payment. The stock is theirs meanwhile."""
KEPT = timedelta(days=90)
"""Since it has ended: the order is kept for good."""
BEGUN_WITHIN = timedelta(minutes=5)
"""A checkout that nobody has paid or declined by then has been forgotten: its state machine has failed."""
ORDERED_WITHIN = timedelta(minutes=2)
_RETRIED_AFTER = timedelta(minutes=1)
_DEBITED_WITHIN = _REFUNDED_WITHIN = timedelta(hours=12)
_RANDOM_BITS = 74
_ATTEMPTS = 8


class CheckoutStatus(StrEnum):
    PENDING = "pending"
    REQUIRES_ACTION = "requires-action"
    PAID = "paid"
    COMPLETED = "completed"
    DECLINED = "declined"
    OUT_OF_STOCK = "out-of-stock"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


FOLLOWING: Mapping[CheckoutStatus, frozenset[CheckoutStatus]] = {
    CheckoutStatus.PENDING: frozenset(
        {
            CheckoutStatus.REQUIRES_ACTION,
            CheckoutStatus.PAID,
            CheckoutStatus.DECLINED,
            CheckoutStatus.OUT_OF_STOCK,
            CheckoutStatus.CANCELLED,
        }
    ),
    CheckoutStatus.REQUIRES_ACTION: frozenset(
        {CheckoutStatus.PENDING, CheckoutStatus.PAID, CheckoutStatus.DECLINED, CheckoutStatus.CANCELLED}
    ),
    CheckoutStatus.PAID: frozenset({CheckoutStatus.COMPLETED}),
    CheckoutStatus.COMPLETED: frozenset({CheckoutStatus.REFUNDED}),
    # paid although it had been cancelled at the provider: given back at once
    CheckoutStatus.DECLINED: frozenset({CheckoutStatus.REFUNDED}),
    CheckoutStatus.CANCELLED: frozenset({CheckoutStatus.REFUNDED}),
    CheckoutStatus.OUT_OF_STOCK: frozenset(),
    # the customer's bank may send it back weeks later
    CheckoutStatus.REFUNDED: frozenset({CheckoutStatus.CANCELLED}),
}
"""What may come after each status. An event that leads anywhere else comes late, and changes nothing."""

OPEN = frozenset({CheckoutStatus.PENDING, CheckoutStatus.REQUIRES_ACTION})
"""Neither paid nor given up."""


class Reservation(StrEnum):
    NONE = "none"
    HELD = "held"
    RELEASED = "released"
    SOLD = "sold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """`country` is a code of ISO 3166, such as GB."""

    name: str
    line1: str
    line2: str | None
    city: str
    postcode: str
    country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftAid:
    """Who declares it, and the version of the declaration that they have read."""

    first_name: str
    last_name: str
    house: str
    postcode: str
    declaration: str


@dataclass(frozen=True, slots=True)
class CheckoutProblem:
    title: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """`due_at` is when the sweep looks after it; None where it has ended. `overdue_since` is when it first should have.

    `doubtful_since` is when the provider left open whether it charged, `attempt` how often that ended without a charge.
    `withdrawn` is that the customer has cancelled: the provider decides whether that came in time.
    """

    checkout_id: str
    user_id: str
    request_hash: str
    created_at: datetime
    quote: Quote
    seal: str
    cart_id: str
    cart_version: int
    means: Means
    delivery: Delivery | None
    gift_aid: GiftAid | None
    status: CheckoutStatus = CheckoutStatus.PENDING
    reservation: Reservation = Reservation.NONE
    payment_id: str | None = None
    charge_id: str | None = None
    client_secret: str | None = None
    task_token: str | None = None
    doubtful_since: datetime | None = None
    attempt: int = 0
    withdrawn: bool = False
    order_id: str | None = None
    problem: CheckoutProblem | None = None
    due_at: datetime | None = None
    overdue_since: datetime | None = None
    ended_at: datetime | None = None
    version: int = 0

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def has_order(self) -> bool:
        """Or is about to."""
        return self.order_id is not None or self.status is CheckoutStatus.PAID

    def is_overdue(self, now: datetime) -> bool:
        return self.overdue_since is not None or (self.due_at is not None and now >= self.due_at)

    def is_paid_by(self, payment: Payment) -> bool:
        """Whether it is the payment that was made for this checkout, of what was quoted."""
        return (payment.payment_id, payment.amount) == (self.payment_id, self.quote.total)

    @property
    def lacks_stock(self) -> bool:
        """Whether what it sells is not reserved."""
        return bool(self.quote.stocked) and self.reservation is not Reservation.HELD

    @property
    def reserved_until(self) -> datetime:
        return self.created_at + RESERVED_FOR

    def moved(self, status: CheckoutStatus) -> "Checkout":
        """Raises LateEvent where the graph does not lead there."""
        if status is self.status:
            return self
        if status not in FOLLOWING[self.status]:
            raise LateEvent(f"{self.status} → {status}")
        return replace(self, status=status)

    def reserved(self) -> "Checkout":
        return replace(self, reservation=Reservation.HELD)

    def followed(self, payment: Payment, now: datetime) -> "Checkout":
        """As the provider says: paid, in doubt no more, or waiting for the customer or for their bank.

        Raises LateEvent; ValueError where another payment, or another amount, was paid.
        """
        settled = replace(self, doubtful_since=None, client_secret=None)
        match payment.status:
            case "paid":
                if not self.is_paid_by(payment):
                    raise ValueError("nobody gets an order for what was not quoted")
                paid = settled.moved(CheckoutStatus.PAID)
                if paid is settled:
                    return paid
                return replace(paid, charge_id=payment.charge_id)._due(now + ORDERED_WITHIN)
            case "requires-action":
                waiting = settled.moved(CheckoutStatus.REQUIRES_ACTION)
                return replace(waiting, client_secret=payment.client_secret)._due(self.reserved_until)
            case "processing":
                return settled.moved(CheckoutStatus.PENDING)._due(now + _DEBITED_WITHIN)
            case "unpaid" if self.doubtful_since:
                return replace(settled, attempt=self.attempt + 1)
            case _:
                return settled

    def doubted(self, now: datetime) -> "Checkout":
        return replace(self, doubtful_since=self.doubtful_since or now, due_at=now + _RETRIED_AFTER)

    def ended(self, status: CheckoutStatus, problem: CheckoutProblem | None, now: datetime) -> "Checkout":
        """Given up: whatever was reserved is free again."""
        released = Reservation.RELEASED if self.reservation is Reservation.HELD else self.reservation
        return replace(
            self.moved(status),
            reservation=released,
            problem=problem,
            client_secret=None,
            doubtful_since=None,
            due_at=None,
            overdue_since=None,
            ended_at=now,
        )

    def given_back(self, payment: Payment, given: GivenBack, problem: CheckoutProblem, now: datetime) -> "Checkout":
        """It was charged although it had ended: refunded once, and for as long as, all is the customer's again."""
        charged = replace(self, charge_id=payment.charge_id, problem=problem, due_at=None, overdue_since=None)
        if given.is_owed:
            return charged.moved(CheckoutStatus.CANCELLED) if self.status is CheckoutStatus.REFUNDED else charged
        if given.is_pending:
            return charged._due(now + _REFUNDED_WITHIN)
        return charged.moved(CheckoutStatus.REFUNDED)

    def completed(self, order_id: str, now: datetime) -> "Checkout":
        """There is an order: what was reserved is sold."""
        sold = Reservation.SOLD if self.reservation is Reservation.HELD else self.reservation
        return replace(
            self.moved(CheckoutStatus.COMPLETED),
            reservation=sold,
            order_id=order_id,
            due_at=None,
            overdue_since=None,
            ended_at=now,
            task_token=None,
        )

    def _due(self, at: datetime) -> "Checkout":
        """It has got further: nobody is late any more."""
        return replace(self, due_at=at, overdue_since=None)


class LateEvent(Exception):
    """It would lead to a state that does not follow the present one."""


@dataclass(frozen=True, slots=True)
class Due:
    """Somebody should look at the checkout at `due_at`, and should have at `overdue_since` if it is so for longer."""

    checkout_id: str
    due_at: datetime
    doubtful_since: datetime | None
    overdue_since: datetime | None = None

    @property
    def since(self) -> datetime:
        return self.overdue_since or self.due_at


class Checkouts(Protocol):
    """The repository."""

    def find(self, checkout_id: str) -> Checkout | None: ...

    def add(self, checkout: Checkout, after: str | None = None) -> None:
        """Begin it, as the customer's latest, after the one with that id, if any.

        Raises VersionConflict where there is one with its id, or the customer's latest is another.
        """
        ...

    def latest_of(self, user_id: str) -> str | None:
        """The id of the checkout that the customer has begun last."""
        ...

    def save(self, checkout: Checkout, unit_of_work: UnitOfWork | None = None) -> Checkout:
        """Write it in the place of the version that was read; with a unit of work, as a part of that, named `checkout`.

        As it is written: one version on. Raises VersionConflict.
        """
        ...

    def due(self, now: datetime, limit: int) -> list[Due]:
        """Those whose time has come."""
        ...

    def put_off(self, due: Due, until: datetime) -> None:
        """Look after it again then; unless it has got further. It stays overdue since the same time."""
        ...


def update(checkouts: Checkouts, checkout: Checkout, change: Callable[[Checkout], Checkout]) -> Checkout:
    """Write what `change` makes of it, again if others write at the same time; nothing where it stays the same.

    Raises LateEvent; Unavailable.
    """
    current: Checkout | None = checkout
    for _ in range(_ATTEMPTS):
        if current is None:
            break
        changed = change(current)
        if changed == current:
            return current
        try:
            return checkouts.save(changed)
        except VersionConflict:
            current = checkouts.find(checkout.checkout_id)
    raise Unavailable("The checkout is being changed: try again.")


def checkout_id_of(user_id: str, key: str) -> str:
    """The same for every repetition of a request. It names the execution, too: hexadecimal digits fit."""
    return hashlib.sha256(f"{user_id}\n{key}".encode()).hexdigest()


def order_id_of(checkout: Checkout) -> str:
    """The same, whoever makes the order; orders sort by the time of their checkout."""
    random = int(hashlib.sha256(f"order\n{checkout.checkout_id}".encode()).hexdigest(), 16) >> (256 - _RANDOM_BITS)
    return uuid7(checkout.created_at, random)
