"""Giving, refunding, and reading the ledger."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from personalization.donations.domain.donations import Donation, Frequency, LedgerPage, Refund, sees_anonymous_gifts
from shared.auth.callers import Caller
from shared.errors import Conflict, FieldError, Invalid, NotFound, Unavailable
from shared.idempotency.claims import Claim, FirstAnswer
from shared.money import Money
from shared.time.periods import EVER, Period

_MAX_ATTEMPTS = 5

type NewId = Callable[[datetime], str]


@dataclass(frozen=True, slots=True)
class Gift:
    """A gift as it is requested."""

    user_id: str
    amount: Money
    frequency: Frequency
    anonymous: bool


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """No amount means all that is left of the gift."""

    donation_id: str
    amount: Money | None
    reason: str


class GiftChangedError(Exception):
    """Another refund of the gift was written since it was read; nothing was written."""


class Ledger(Protocol):
    """Rows, totals and first answers are written together or not at all."""

    def add(self, gift: Donation, first_answer: FirstAnswer | None) -> None:
        """Raises KeyInUse; NotFound if the supporter is not registered."""
        ...

    def refund(self, refund: Refund, gift: Donation, first_answer: FirstAnswer | None) -> None:
        """Raises KeyInUse; GiftChangedError if less is left of the gift than is refunded."""
        ...

    def find(self, donation_id: str) -> Donation | None:
        """A gift, not a refund. A gift of the last moment may not be found yet."""
        ...

    def page(
        self, user_id: str, period: Period = EVER, *, anonymous: bool, after: str | None, limit: int
    ) -> LedgerPage:
        """Rows of the period older than the position `after`, anonymous ones if `anonymous`.

        The cost depends on `limit` only.
        """
        ...

    def is_registered(self, user_id: str) -> bool: ...


def give(caller: Caller, gift: Gift, *, ledger: Ledger, now: datetime, new_id: NewId, claim: Claim | None) -> Donation:
    """Staff record what came without a payment, such as a cheque, for anyone registered. Raises Forbidden, NotFound.

    Supporters give in the shop: see `order_gifts`.
    """
    caller.require_staff()
    donation = Donation(
        donation_id=new_id(now),
        user_id=gift.user_id,
        amount=gift.amount,
        frequency=gift.frequency,
        anonymous=gift.anonymous,
        created_at=now,
        refunded=Money(0, gift.amount.currency),
    )
    first_answer = claim.answered(donation, now) if claim else None
    ledger.add(donation, first_answer)
    return donation


def refund_gift(
    caller: Caller, request: RefundRequest, *, ledger: Ledger, now: datetime, new_id: NewId, claim: Claim | None
) -> Refund:
    """Staff refund gifts that they may see, never more than is left. Raises Forbidden, NotFound, Invalid, Conflict."""
    caller.require_staff()
    refund_id = new_id(now)
    for _ in range(_MAX_ATTEMPTS):
        gift = ledger.find(request.donation_id)
        if gift is None or (gift.anonymous and not sees_anonymous_gifts(caller, gift.user_id)):
            raise NotFound("There is no such donation.")
        if gift.order_id:
            raise Conflict("An order has paid the gift: refund it by POST /admin/orders/{orderId}/refunds.")
        amount = _refundable(request.amount, gift)
        refund = Refund(
            donation_id=refund_id,
            user_id=gift.user_id,
            amount=Money(-amount.amount, amount.currency),
            refund_of=gift.donation_id,
            reason=request.reason,
            anonymous=gift.anonymous,
            created_at=now,
        )
        try:
            ledger.refund(refund, gift, claim.answered(refund, now) if claim else None)
        except GiftChangedError:
            continue
        return refund
    raise Unavailable(
        "Somebody else is refunding the same gift; nothing was changed, try again.", retry_after_seconds=2
    )


def _refundable(requested: Money | None, gift: Donation) -> Money:
    """The amount to refund. Raises Conflict if nothing is left; Invalid if less is left than was requested."""
    left = gift.remaining
    if left.amount == 0:
        raise Conflict("The gift has been refunded in full already.")
    if requested is None:
        return left
    if requested.currency != left.currency:
        message = f"must be {left.currency}, the gift's currency"
        raise Invalid(f"The currency {message}.", [FieldError("amount.currency", message)])
    if requested.amount > left.amount:
        message = f"must be at most {left.amount}, as {left} is left of the gift"
        raise Invalid(f"The amount {message}.", [FieldError("amount.amount", message)])
    return requested


def read_ledger(
    caller: Caller, user_id: str, period: Period, ledger: Ledger, after: str | None, limit: int
) -> LedgerPage:
    """Supporters read their own ledger, staff anyone's; for others there is no such supporter (NotFound)."""
    caller.require_access_to(user_id)
    page = ledger.page(user_id, period, anonymous=sees_anonymous_gifts(caller, user_id), after=after, limit=limit)
    if not page.items and user_id != caller.user_id and not ledger.is_registered(user_id):
        raise NotFound("There is no such supporter.")
    return page
