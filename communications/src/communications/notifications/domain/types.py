"""The types of notifications: what each may do to reach somebody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Channel(StrEnum):
    """`in-app` is the list of notifications, `websocket` a frame to every client that is open."""

    IN_APP = "in-app"
    WEBSOCKET = "websocket"
    PUSH = "push"
    EMAIL = "email"
    SMS = "sms"


INSIDE = frozenset({Channel.IN_APP, Channel.WEBSOCKET})
"""Who is there already is not disturbed: nothing holds these up."""

_QUIET = INSIDE | {Channel.EMAIL}
_MOBILE = INSIDE | {Channel.PUSH, Channel.EMAIL}
_ALL = frozenset(Channel)


class Category(StrEnum):
    ORDERS = "orders"
    DONATIONS = "donations"
    MESSAGES = "messages"
    SUPPORT = "support"
    STOCK = "stock"
    SECURITY = "security"
    NEWS = "news"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationType:
    """
    `is_essential`: a receipt or a security notice, which is mailed whatever somebody prefers, and never held.
    `is_receipt`: of what was paid, which the charity may also have sent by SMS whatever somebody prefers.
    `counts`: towards how much is sent to somebody in a week. `is_capped`: it is not sent above that.
    `purpose`: what somebody must have consented to before anything is sent to them.
    `useful_for`: how long after its event it is worth sending.
    `email_delay`: how long it may remain unread before it is mailed.
    """

    name: str
    category: Category
    channels: frozenset[Channel] = _MOBILE
    is_essential: bool = False
    is_receipt: bool = False
    counts: bool = False
    is_capped: bool = False
    purpose: str | None = None
    useful_for: timedelta = timedelta(days=14)
    email_delay: timedelta = timedelta()

    @property
    def turned_off_as(self) -> str | None:
        """What somebody who does not want any more of it says; None of what is always sent."""
        return None if self.is_essential else self.category.value

    def drop_after(self, occurred_at: datetime, now: datetime) -> datetime:
        """Until when it may be sent. Receipts and security notices that come late are sent all the same."""
        return (now if self.is_essential else occurred_at) + self.useful_for


MARKETING = "marketing"
_TYPES = (
    NotificationType(name="order-paid", category=Category.ORDERS, channels=_ALL, is_essential=True, is_receipt=True),
    NotificationType(name="order-fulfilled", category=Category.ORDERS, channels=_ALL),
    NotificationType(name="order-cancelled", category=Category.ORDERS, is_essential=True),
    NotificationType(name="order-refunded", category=Category.ORDERS, is_essential=True),
    NotificationType(name="donation-received", category=Category.DONATIONS, counts=True),
    NotificationType(
        name="message-received",
        category=Category.MESSAGES,
        useful_for=timedelta(days=3),
        email_delay=timedelta(minutes=10),
    ),
    NotificationType(name="ticket-answered", category=Category.SUPPORT, email_delay=timedelta(minutes=10)),
    NotificationType(name="ticket-closed", category=Category.SUPPORT, counts=True, is_capped=True),
    NotificationType(
        name="stock-low",
        category=Category.STOCK,
        channels=_QUIET,
        useful_for=timedelta(days=2),
        email_delay=timedelta(minutes=30),
    ),
    NotificationType(name="email-changed", category=Category.SECURITY, channels=_ALL, is_essential=True),
    NotificationType(name="phone-changed", category=Category.SECURITY, channels=_ALL, is_essential=True),
    NotificationType(
        name="news",
        category=Category.NEWS,
        channels=_ALL,
        counts=True,
        is_capped=True,
        purpose=MARKETING,
        useful_for=timedelta(days=7),
    ),
)
TYPES: Mapping[str, NotificationType] = {each.name: each for each in _TYPES}
