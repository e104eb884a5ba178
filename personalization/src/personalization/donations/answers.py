"""The shapes that clients receive. `shared.json.encoding` writes them; the OpenAPI document is made of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from personalization.donations.domain.donations import Donation, LedgerPage, LedgerRow, Refund
from shared.http.cursors import Cursors
from shared.money import Money

if TYPE_CHECKING:  # at a cold start, only what a function needs
    pass


@dataclass(frozen=True, slots=True)
class DonationHistory:
    items: tuple[LedgerRow, ...]
    totals: tuple[Money, ...]
    next_cursor: str | None


def donations_scope(user_id: str) -> str:
    """What a cursor of this supporter's donations is signed for."""
    return f"donations:{user_id}"


class GiftAnswer(Donation):
    """POST /donations → 201"""

    __slots__ = ()


class RefundAnswer(Refund):
    """POST /donations/{donationId}/refunds → 201"""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class DonationList:
    """GET /donations"""

    items: tuple[LedgerRow, ...]
    next_cursor: str | None


def donations_answer(user_id: str, page: LedgerPage, cursors: Cursors) -> DonationList:
    return DonationList(page.items, cursors.make(donations_scope(user_id), page.next_position))
