"""Donations as a ledger: rows that are never changed, and the running total per currency."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.money import Money

PAGE_SIZE = 20


class Frequency(StrEnum):
    ONE_OFF = "one-off"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class Donation:
    """One gift. Ids are time-ordered, so a ledger read backwards is newest first."""

    donation_id: str
    user_id: str
    amount: Money
    frequency: Frequency
    anonymous: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DonationPage:
    """The newest gifts, the totals of all of them, and where the next page begins (None at the end)."""

    items: tuple[Donation, ...]
    totals: tuple[Money, ...]
    next_position: str | None
