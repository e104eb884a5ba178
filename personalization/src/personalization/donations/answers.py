"""What clients receive about donations."""

from dataclasses import dataclass

from personalization.donations.domain.donations import LedgerPage, LedgerRow
from shared.http.cursors import Cursors
from shared.money import Money
from shared.time.periods import EVER, Period


@dataclass(frozen=True, slots=True)
class DonationHistory:
    items: tuple[LedgerRow, ...]
    totals: tuple[Money, ...]
    next_cursor: str | None


def donations_scope(user_id: str, period: Period = EVER) -> str:
    """The scope of cursors of this supporter's donations; those of a profile go on in the list of all of them."""
    return f"donations:{user_id}" if period == EVER else f"donations:{user_id}:{period}"


@dataclass(frozen=True, slots=True)
class DonationList:
    items: tuple[LedgerRow, ...]
    next_cursor: str | None


def donations_answer(page: LedgerPage, scope: str, cursors: Cursors) -> DonationList:
    return DonationList(page.items, cursors.make(scope, page.next_position))
