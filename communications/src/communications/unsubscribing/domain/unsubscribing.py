"""Turning a category of messages off by the link in one of them, without signing in (RFC 8058)."""

from dataclasses import dataclass
from datetime import datetime

from communications.sending.domain.outbox import Channel
from communications.sending.domain.suppressions import Cause, Suppression, Suppressions, category_key
from communications.sending.domain.unsubscribing import BrokenSeal, read_token
from communications.users.domain.users import Users
from shared.auth.seals import Seals
from shared.errors import NotFound


@dataclass(frozen=True, slots=True)
class Subscription:
    """`unsubscribed`: nothing of the category is sent through the channel."""

    channel: Channel
    category: str
    unsubscribed: bool


@dataclass(frozen=True, slots=True)
class _Link:
    channel: Channel
    user_id: str
    category: str

    @property
    def key(self) -> str:
        return category_key(self.channel, self.user_id, self.category)


@dataclass(frozen=True, slots=True)
class Unsubscribing:
    """Whoever has the link may use it. What is sent next is decided, and rows that wait are checked, by the same
    suppressions."""

    seals: Seals
    users: Users
    suppressions: Suppressions

    def read(self, token: str, now: datetime) -> Subscription:
        """Raises NotFound; Unavailable."""
        link = self._link(token)
        return Subscription(link.channel, link.category, self._is_off(link, now))

    def unsubscribe(self, token: str, now: datetime) -> Subscription:
        """Twice does no harm: since when it is off remains. Raises NotFound; Unavailable."""
        link = self._link(token)
        if not self._is_off(link, now):
            self.suppressions.add(Suppression(link.key, Cause.UNSUBSCRIBED, now))
        return Subscription(link.channel, link.category, unsubscribed=True)

    def _link(self, token: str) -> _Link:
        """Nobody learns whether a token was wrong, or its user has gone."""
        try:
            link = _Link(*read_token(self.seals, token))
        except BrokenSeal:
            link = None
        if link is None or self.users.find(link.user_id) is None:
            raise NotFound("This link is not valid (any more).")
        return link

    def _is_off(self, link: _Link, now: datetime) -> bool:
        found = self.suppressions.find([link.key]).get(link.key)
        return found is not None and found.holds(now)
