"""Turning a category of messages off by the link in one of them, without signing in (RFC 8058), and taking that back.

Whoever has the link may use it, as often as they like. Taking back is only for whoever has just used it: mail is
forwarded, and nobody else may have messages sent to people who do not want them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from communications.sending.domain.outbox import Channel
from communications.sending.domain.suppressions import Cause, Suppression, Suppressions, category_key
from communications.sending.domain.unsubscribing import BrokenSeal, read_token
from communications.users.domain.users import Users
from shared.auth.seals import Seals
from shared.errors import NotFound
from shared.json.encoding import rfc3339

TAKEN_BACK_WITHIN = timedelta(hours=1)
_SCOPE = "take back an unsubscription"


@dataclass(frozen=True, slots=True)
class Subscription:
    """`unsubscribed`: nothing of the category is sent through the channel.

    `undo` is what takes that back; None where it was not turned off just now, by a link.
    """

    channel: Channel
    category: str
    unsubscribed: bool
    undo: str | None = None


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
    """What is sent next is decided, and rows that wait are checked, by the same suppressions."""

    seals: Seals
    users: Users
    suppressions: Suppressions

    def read(self, token: str, now: datetime) -> Subscription:
        """Raises NotFound; Unavailable."""
        link = self._link(token)
        return Subscription(link.channel, link.category, self._holding(link, now) is not None)

    def unsubscribe(self, token: str, now: datetime) -> Subscription:
        """Twice does no harm: since when it is off remains. Raises NotFound; Unavailable."""
        link = self._link(token)
        suppression = self._holding(link, now)
        if suppression is None:
            suppression = Suppression(link.key, Cause.UNSUBSCRIBED, now)
            self.suppressions.add(suppression)
        undo = self._undo(link, suppression) if _can_be_taken_back(suppression, now) else None
        return Subscription(link.channel, link.category, unsubscribed=True, undo=undo)

    def take_back(self, undo: str, now: datetime) -> Subscription:
        """What was turned off at that time, and nothing that was turned off since. Twice does no harm.

        Raises NotFound; Unavailable.
        """
        link, at = self._undone(undo)
        suppression = self._holding(link, now)
        if suppression is not None:
            is_meant = rfc3339(suppression.at) == at and _can_be_taken_back(suppression, now)
            if not is_meant or not self.suppressions.take_back(suppression):
                raise _no_such_link()
        return Subscription(link.channel, link.category, unsubscribed=False)

    def _link(self, token: str) -> _Link:
        """Nobody learns whether a token was wrong, or its user has gone. Raises NotFound; Unavailable."""
        try:
            return self._of_user(_Link(*read_token(self.seals, token)))
        except BrokenSeal as error:
            raise _no_such_link() from error

    def _undone(self, undo: str) -> tuple[_Link, str]:
        """As `_link`, and since when it is off."""
        try:
            channel, user_id, at, category = self.seals.read(_SCOPE, undo).split(" ", 3)
        except BrokenSeal as error:
            raise _no_such_link() from error
        return self._of_user(_Link(Channel(channel), user_id, category)), at

    def _undo(self, link: _Link, suppression: Suppression) -> str:
        return self.seals.make(_SCOPE, f"{link.channel} {link.user_id} {rfc3339(suppression.at)} {link.category}")

    def _of_user(self, link: _Link) -> _Link:
        if self.users.find(link.user_id) is None:
            raise _no_such_link()
        return link

    def _holding(self, link: _Link, now: datetime) -> Suppression | None:
        found = self.suppressions.find([link.key]).get(link.key)
        return found if found and found.holds(now) else None


def _can_be_taken_back(suppression: Suppression, now: datetime) -> bool:
    return suppression.cause is Cause.UNSUBSCRIBED and now < suppression.at + TAKEN_BACK_WITHIN


def _no_such_link() -> NotFound:
    return NotFound("This link is not valid (any more).")
