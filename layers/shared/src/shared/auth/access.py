"""Whether somebody who has signed in may still go on: signed out everywhere, disabled and removed users may not.

The platform writes a marker, the moment at which a user's access ended; whoever signed in before it is refused. Markers
are read anew after half a minute: that is how long somebody may go on at most.
"""

from datetime import datetime, timedelta
from typing import Protocol

from shared.auth.callers import Caller
from shared.errors import Unauthenticated

_KNOWN_FOR = timedelta(seconds=30)
_REMEMBERED_AT_MOST = 10_000


class AccessEnds(Protocol):
    def ended_at(self, user_id: str, now: datetime) -> datetime | None:
        """When the user's access ended last; None where it did not."""
        ...

    def end(self, user_id: str, at: datetime) -> None:
        """Refuse whoever signed in as this user before. The latest moment counts, whatever order they come in."""
        ...


class Access:
    """Asks for a user's marker once in half a minute, by the time of day: it passes while a function is frozen, too."""

    def __init__(self, ends: AccessEnds) -> None:
        self._ends = ends
        self._known: dict[str, tuple[datetime, datetime | None]] = {}

    def require(self, caller: Caller, now: datetime, *, ask_anew: bool = False) -> None:
        """Raises Unauthenticated where the caller's access has ended since they signed in; Unavailable."""
        user_id = caller.user_id
        asked_at, ended_at = self._known.get(user_id, (None, None))
        if ask_anew or asked_at is None or abs(now - asked_at) >= _KNOWN_FOR:
            ended_at = self._ends.ended_at(user_id, now)
            if len(self._known) >= _REMEMBERED_AT_MOST:
                self._known.clear()
            self._known[user_id] = now, ended_at
        if ended_at is not None and caller.signed_in_at <= ended_at:
            raise Unauthenticated("You have been signed out: sign in again.")
