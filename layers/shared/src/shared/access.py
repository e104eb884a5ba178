"""Whether somebody who has signed in may still go on: signed out everywhere, disabled and removed users may not.

The platform writes a marker, the moment at which a user's access ended; whoever signed in before it is refused. Markers
are read anew after half a minute: that is how long somebody may go on at most.
"""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from shared.auth import Caller
from shared.errors import Unauthenticated

_KNOWN_FOR_SECONDS = 30.0
_REMEMBERED_AT_MOST = 10_000


class AccessEnds(Protocol):
    def ended_at(self, user_id: str, now: datetime) -> datetime | None:
        """When the user's access ended last; None where it did not."""
        ...

    def end(self, user_id: str, at: datetime) -> None:
        """Refuse whoever signed in as this user before. The latest moment counts, whatever order they come in."""
        ...


class Access:
    """Asks for a user's marker once in half a minute."""

    def __init__(self, ends: AccessEnds, clock: Callable[[], float] = time.monotonic) -> None:
        self._ends, self._clock = ends, clock
        self._known: dict[str, tuple[float, datetime | None]] = {}

    def require(self, caller: Caller, now: datetime, *, ask_anew: bool = False) -> None:
        """Raises Unauthenticated where the caller's access has ended since they signed in; Unavailable."""
        user_id = caller.user_id
        asked_at, ended_at = self._known.get(user_id, (None, None))
        if ask_anew or asked_at is None or self._clock() - asked_at >= _KNOWN_FOR_SECONDS:
            ended_at = self._ends.ended_at(user_id, now)
            if len(self._known) >= _REMEMBERED_AT_MOST:
                self._known.clear()
            self._known[user_id] = self._clock(), ended_at
        if ended_at is not None and caller.signed_in_at <= ended_at:
            raise Unauthenticated("You have been signed out: sign in again.")
