"""Whom nothing is sent to: addresses that bounce, and what people have turned off.

- An address that does not exist gets nothing, until its owner confirms it anew.
- Five mails that could not be delivered for a while, within thirty days, suppress an address for a week.
- What is about an event that was called off, a broadcast that was stopped, is not sent any more.
- Whoever reports a mail as spam gets nothing of its category by mail any more, and to that address only what is always
  sent: receipts and security notices.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from communications.sending.domain.outbox import Channel

SOFT_BOUNCES = 5
COUNTED_FOR = timedelta(days=30)
SUPPRESSED_FOR = timedelta(days=7)


class Cause(StrEnum):
    BOUNCED = "bounced"
    UNDELIVERABLE = "undeliverable"
    SPAM = "reported-as-spam"
    UNSUBSCRIBED = "unsubscribed"
    STOPPED = "stopped"


_BOUNCES = frozenset({Cause.BOUNCED, Cause.UNDELIVERABLE})


@dataclass(frozen=True, slots=True)
class Suppression:
    """Of an address, of a category for a user and channel, or of an event; for good where `until` is None."""

    key: str
    cause: Cause
    at: datetime
    until: datetime | None = None

    def holds(self, now: datetime) -> bool:
        return self.until is None or now < self.until


class Suppressions(Protocol):
    """Every method raises Unavailable."""

    def find(self, keys: Collection[str]) -> Mapping[str, Suppression]:
        """Those that there are, by key."""
        ...

    def add(self, suppression: Suppression) -> None:
        """In the place of an earlier one, unless that is for good and this one is not."""
        ...

    def remove(self, key: str) -> None: ...

    def take_back(self, suppression: Suppression) -> bool:
        """Remove it, unless it has gone or another has taken its place: False then."""
        ...

    def count_soft_bounce(self, key: str, bounce_id: str, now: datetime) -> int:
        """How many of them there have been within COUNTED_FOR; each id is counted once."""
        ...


def address_key(channel: Channel, address: str) -> str:
    """Without the address, which is nobody's business here after its owner has gone."""
    digest = hashlib.sha256(address.strip().lower().encode()).hexdigest()
    return f"{channel}:{digest}"


def category_key(channel: Channel, user_id: str, category: str) -> str:
    return f"{channel}:{user_id}:{category}"


def event_key(event_id: str) -> str:
    return f"event:{event_id}"


def stopped(found: Mapping[str, Suppression], event_id: str, now: datetime) -> bool:
    """Whether nobody is to hear of the event any more."""
    of_event = found.get(event_key(event_id))
    return of_event is not None and of_event.holds(now)


def suppressed(
    found: Mapping[str, Suppression],
    *,
    channel: Channel,
    user_id: str,
    address: str,
    category: str | None,
    now: datetime,
) -> Cause | None:
    """Why nothing is sent: of a category that can be turned off; None of `category` for what is always sent."""
    of_address = found.get(address_key(channel, address))
    if of_address and of_address.holds(now) and (category is not None or of_address.cause is not Cause.SPAM):
        return of_address.cause
    of_category = found.get(category_key(channel, user_id, category)) if category is not None else None
    return of_category.cause if of_category and of_category.holds(now) else None


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a mailbox provider has said about a mail: `id` is the same whenever it is repeated."""

    id: str
    address: str
    user_id: str | None
    category: str | None


def suppress_after_bounce(suppressions: Suppressions, feedback: Feedback, now: datetime, *, permanent: bool) -> bool:
    """Whether the address is suppressed then. Twice does no harm. Raises Unavailable."""
    key = address_key(Channel.EMAIL, feedback.address)
    if permanent:
        suppressions.add(Suppression(key, Cause.BOUNCED, now))
        return True
    if suppressions.count_soft_bounce(key, feedback.id, now) < SOFT_BOUNCES:
        return False
    suppressions.add(Suppression(key, Cause.UNDELIVERABLE, now, now + SUPPRESSED_FOR))
    return True


def lift_bounces(suppressions: Suppressions, address: str, confirmed_at: datetime) -> None:
    """Its owner has read mail there: what bounced before does no more. Raises Unavailable."""
    found = suppressions.find([key := address_key(Channel.EMAIL, address)]).get(key)
    if found and found.cause in _BOUNCES and found.at <= confirmed_at:
        suppressions.take_back(found)


def suppress_after_spam_report(suppressions: Suppressions, feedback: Feedback, now: datetime) -> None:
    """Twice does no harm. Raises Unavailable."""
    suppressions.add(Suppression(address_key(Channel.EMAIL, feedback.address), Cause.SPAM, now))
    if feedback.user_id and feedback.category:
        key = category_key(Channel.EMAIL, feedback.user_id, feedback.category)
        suppressions.add(Suppression(key, Cause.SPAM, now))
