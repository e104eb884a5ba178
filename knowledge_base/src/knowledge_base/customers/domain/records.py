"""What the database has about a customer: who they are, what they have bought, and what they have given."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.money import Money


@dataclass(frozen=True, slots=True)
class Customer:
    """`placeholder`: nothing was read about them, because there is no database, it could not be reached, or who they
    are has not arrived there yet. Then all is empty but the id.
    """

    user_id: str
    name: str
    email: str
    since: datetime | None
    placeholder: bool = False


def unread(user_id: str) -> Customer:
    return Customer(user_id, "", "", None, placeholder=True)


@dataclass(frozen=True, slots=True)
class Order:
    """`status` is placed, fulfilled or cancelled; `refunded` is what was given back of the total."""

    order_id: str
    number: str
    status: str
    total: Money
    refunded: Money
    placed_at: datetime


@dataclass(frozen=True, slots=True)
class Donation:
    """`frequency` is one-off or monthly; `refunded` is what was given or taken back of the amount.

    `order_id` is of the order that paid it.
    """

    donation_id: str
    amount: Money
    refunded: Money
    frequency: str
    received_at: datetime
    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class Records:
    """Orders and donations, the newest first, may be there before the customer is.

    Anonymous gifts are not among them: staff may not learn who gave those.
    """

    customer: Customer | None
    orders: tuple[Order, ...] = ()
    donations: tuple[Donation, ...] = ()


class CustomerRecords(Protocol):
    def find(self, user_id: str, newest: int) -> Records:
        """What is there, with so many of the newest orders and donations each, in one round trip.

        Raises Unavailable, within the time that a request has.
        """
        ...
