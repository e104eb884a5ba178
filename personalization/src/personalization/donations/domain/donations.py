"""Donations as a ledger: gifts and refunds are rows, and the totals per currency are the sums of the rows."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from shared.auth.callers import Caller
from shared.money import Money

PAGE_SIZE = 20
MAX_PAGE_SIZE = 100

FINANCE_GROUPS = frozenset({"admin", "finance"})


def sees_anonymous_gifts(caller: Caller, user_id: str) -> bool:
    """Whether the caller may know that an anonymous gift is this supporter's: the donor and finance staff may.

    The only rule on anonymity. Other staff see the donor's ledger, its pages and totals, as if those gifts did not
    exist; so does the agent, whoever asks it (see `personalization.agent.domain.facts`).
    """
    return caller.user_id == user_id or not caller.groups.isdisjoint(FINANCE_GROUPS)


class Frequency(StrEnum):
    ONE_OFF = "one-off"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Donation:
    """A gift. Ids are time-ordered, so that a ledger can be read newest first. `refunded` never exceeds `amount`.

    `pledge`: a monthly gift is a promise, of which only this amount was given. `order_id` is of the order that paid it.
    """

    donation_id: str
    user_id: str
    amount: Money
    frequency: Frequency
    anonymous: bool
    created_at: datetime
    refunded: Money
    order_id: str | None = None
    pledge: bool = field(default=False, init=False)
    kind: Literal["gift"] = field(default="gift", init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pledge", self.frequency is Frequency.MONTHLY)

    @property
    def remaining(self) -> Money:
        """What has not been refunded yet."""
        return Money(self.amount.amount - self.refunded.amount, self.amount.currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """What was given back of a gift, or taken back by the donor's bank. `amount` is negative, so that rows add up.

    A reversal undoes one of these, so its amount is positive. Each is anonymous if its gift is.
    """

    donation_id: str
    user_id: str
    amount: Money
    refund_of: str
    reason: str
    anonymous: bool
    created_at: datetime
    order_id: str | None = None
    kind: Literal["refund", "charge-back", "reversal"] = "refund"


type LedgerRow = Donation | Refund


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """Rows, newest first, and where the next page begins (None at the end)."""

    items: tuple[LedgerRow, ...]
    next_position: str | None


@dataclass(frozen=True, slots=True)
class DonationPage:
    """The newest rows, the totals of all rows, and where the next page begins (None at the end)."""

    items: tuple[LedgerRow, ...]
    totals: tuple[Money, ...]
    next_position: str | None
