"""What clients receive about donations."""

from dataclasses import dataclass

from personalization.donations.domain.donations import LedgerPage, LedgerRow
from shared.http.cursors import Cursors
from shared.money import Money


@dataclass(frozen=True, slots=True)
class DonationHistory:
    items: tuple[LedgerRow, ...]
    totals: tuple[Money, ...]
    next_cursor: str | None


def donations_scope(user_id: str) -> str:
    """The scope of cursors of this supporter's donations."""
    return f"donations:{user_id}"


@dataclass(frozen=True, slots=True)
class DonationList:
    items: tuple[LedgerRow, ...]
    next_cursor: str | None


def donations_answer(user_id: str, page: LedgerPage, cursors: Cursors) -> DonationList:
    return DonationList(page.items, cursors.make(donations_scope(user_id), page.next_position))
