"""Donations as a ledger: gifts and refunds are rows of their own, and the totals per currency are the rows' sums."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from shared.auth.callers import Caller
from shared.money import Money

PAGE_SIZE = 20
LONGEST_PAGE = 100

FINANCE_GROUPS = frozenset({"admin", "finance"})


def sees_anonymous_gifts(caller: Caller, user_id: str) -> bool:
    """Whether this reader may know that an anonymous gift is this supporter's: the donor and finance staff may.

    The one rule on anonymity. Other staff meet the donor's ledger, its pages and totals, as if those gifts were not
    there; and so does the agent, whoever asks it (see `domain.facts`).
    """
    return caller.user_id == user_id or not caller.groups.isdisjoint(FINANCE_GROUPS)


class Frequency(StrEnum):
    ONE_OFF = "one-off"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Donation:
    """One gift. Ids are time-ordered, so a ledger read backwards is newest first. `refunded` never exceeds `amount`."""

    donation_id: str
    user_id: str
    amount: Money
    frequency: Frequency
    anonymous: bool
    created_at: datetime
    refunded: Money
    kind: Literal["gift"] = field(default="gift", init=False)

    @property
    def remaining(self) -> Money:
        """What has not been refunded yet."""
        return Money(self.amount.amount - self.refunded.amount, self.amount.currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Money given back. `amount` is negative, so that the rows of a ledger add up; as anonymous as its gift."""

    donation_id: str
    user_id: str
    amount: Money
    refund_of: str
    reason: str
    anonymous: bool
    created_at: datetime
    kind: Literal["refund"] = field(default="refund", init=False)


type LedgerRow = Donation | Refund


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """Rows, the newest first, and where the next page begins (None at the end)."""

    items: tuple[LedgerRow, ...]
    next_position: str | None


@dataclass(frozen=True, slots=True)
class DonationPage:
    """The newest rows, the totals of all of them, and where the next page begins (None at the end)."""

    items: tuple[LedgerRow, ...]
    totals: tuple[Money, ...]
    next_position: str | None
