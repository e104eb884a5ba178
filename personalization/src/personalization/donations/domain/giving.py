"""Giving, giving back, and reading what was given."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from personalization.donations.domain.donations import Donation, Frequency, LedgerPage, Refund, sees_anonymous_gifts
from shared.auth.callers import Caller
from shared.errors import Conflict, FieldError, Invalid, NotFound, Unavailable
from shared.idempotency.claims import Claim, FirstAnswer
from shared.money import Money

_ATTEMPTS_TO_REFUND = 5

type NewId = Callable[[datetime], str]


@dataclass(frozen=True, slots=True)
class Gift:
    """What somebody wants to give."""

    user_id: str
    amount: Money
    frequency: Frequency
    anonymous: bool


@dataclass(frozen=True, slots=True)
class GiveBack:
    """What staff want to refund of a gift; no amount means all that is left of it."""

    donation_id: str
    amount: Money | None
    reason: str


class GiftChangedError(Exception):
    """Less is left of the gift than when it was read; nothing was written."""


class Ledger(Protocol):
    """Rows, totals and first answers change together or not at all."""

    def add(self, gift: Donation, first_answer: FirstAnswer | None, *, only_if_registered: bool) -> None:
        """Raises KeyInUse; NotFound where the supporter has to be registered and is not."""
        ...

    def give_back(self, refund: Refund, gift: Donation, first_answer: FirstAnswer | None) -> None:
        """Raises KeyInUse; GiftChangedError where less is left than is given back."""
        ...

    def find(self, donation_id: str) -> Donation | None:
        """A gift as it is now. One of the last moment may not be found yet; a refund is no gift."""
        ...

    def page(self, user_id: str, *, anonymous: bool, after: str | None, limit: int) -> LedgerPage:
        """Rows older than the position `after`, anonymous ones only if so asked; the cost depends on `limit` alone."""
        ...

    def is_registered(self, user_id: str) -> bool: ...


def give(caller: Caller, gift: Gift, *, ledger: Ledger, now: datetime, new_id: NewId, claim: Claim | None) -> Donation:
    """Supporters give for themselves, staff for anyone registered; for everybody else there is no such supporter.

    Somebody who has just signed up may give before their record is there.
    """
    caller.require_access_to(gift.user_id)
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
    ledger.add(donation, first_answer, only_if_registered=gift.user_id != caller.user_id)
    return donation


def give_back(
    caller: Caller, wanted: GiveBack, *, ledger: Ledger, now: datetime, new_id: NewId, claim: Claim | None
) -> Refund:
    """Staff refund gifts that they may see, never more than is left. Raises Forbidden, NotFound, Invalid, Conflict."""
    caller.require_staff()
    refund_id = new_id(now)
    for _ in range(_ATTEMPTS_TO_REFUND):
        gift = ledger.find(wanted.donation_id)
        if gift is None or (gift.anonymous and not sees_anonymous_gifts(caller, gift.user_id)):
            raise NotFound("There is no such donation.")
        amount = _refundable(wanted.amount, gift)
        refund = Refund(
            donation_id=refund_id,
            user_id=gift.user_id,
            amount=Money(-amount.amount, amount.currency),
            refund_of=gift.donation_id,
            reason=wanted.reason,
            anonymous=gift.anonymous,
            created_at=now,
        )
        try:
            ledger.give_back(refund, gift, claim.answered(refund, now) if claim else None)
        except GiftChangedError:
            continue
        return refund
    raise Unavailable("Others are refunding the same gift; nothing was changed, try again.", retry_after_seconds=2)


def _refundable(wanted: Money | None, gift: Donation) -> Money:
    """The amount to refund. Raises Conflict where nothing is left, Invalid where more is wanted than is left."""
    left = gift.remaining
    if left.amount == 0:
        raise Conflict("The gift has been refunded in full already.")
    if wanted is None:
        return left
    if wanted.currency != left.currency:
        message = f"must be {left.currency}, the gift's currency"
        raise Invalid(f"The currency {message}.", [FieldError("amount.currency", message)])
    if wanted.amount > left.amount:
        message = f"is more than the {left} that is left of the gift ({left.amount} minor units)"
        raise Invalid(f"The amount {message}.", [FieldError("amount.amount", message)])
    return wanted


def read_ledger(caller: Caller, user_id: str, ledger: Ledger, after: str | None, limit: int) -> LedgerPage:
    """Supporters read their own ledger, staff anyone's; for everybody else there is no such supporter (NotFound)."""
    caller.require_access_to(user_id)
    page = ledger.page(user_id, anonymous=sees_anonymous_gifts(caller, user_id), after=after, limit=limit)
    if not page.items and user_id != caller.user_id and not ledger.is_registered(user_id):
        raise NotFound("There is no such supporter.")
    return page
