"""Whether a token that is still valid may be used: not by users who were signed out everywhere, disabled or removed.

The platform records when a user's access ended; whoever signed in before that is refused. The record is cached for half
a minute, which is the longest that somebody may go on afterwards.
"""

from datetime import datetime, timedelta
from typing import Protocol

from shared.auth.callers import Caller
from shared.errors import Unauthenticated

_CACHED_FOR = timedelta(seconds=30)
_MAX_CACHED = 10_000


class AccessEnds(Protocol):
    def ended_at(self, user_id: str, now: datetime) -> datetime | None:
        """When the user's access ended last; None if it never did."""
        ...

    def end(self, user_id: str, at: datetime) -> None:
        """Refuse whoever signed in as this user before. The latest time counts, in whatever order they arrive."""
        ...


class Access:
    """Caches by the time of day, which passes while a function is frozen, too."""

    def __init__(self, ends: AccessEnds) -> None:
        self._ends = ends
        self._cache: dict[str, tuple[datetime, datetime | None]] = {}

    def require(self, caller: Caller, now: datetime, *, use_cache: bool = True) -> None:
        """Raises Unauthenticated if the caller's access has ended since they signed in; Unavailable."""
        user_id = caller.user_id
        read_at, ended_at = self._cache.get(user_id, (None, None))
        if not use_cache or read_at is None or abs(now - read_at) >= _CACHED_FOR:
            ended_at = self._ends.ended_at(user_id, now)
            if len(self._cache) >= _MAX_CACHED:
                self._cache.clear()
            self._cache[user_id] = now, ended_at
        if ended_at is not None and caller.signed_in_at <= ended_at:
            raise Unauthenticated("You have been signed out: sign in again.")
