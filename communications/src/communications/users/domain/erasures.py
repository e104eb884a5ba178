"""Erasing somebody: access ends at once, every context erases what it has, and the account of the user pool goes last.

An erasure is open until every context has said that nothing is left, after the time in which whatever had begun before
may still have written something.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from communications.users.domain.users import Users, concerned
from shared.auth.access import AccessEnds
from shared.auth.callers import Caller
from shared.errors import Conflict, Forbidden, NotFound
from shared.events.changes import Named
from shared.events.domain_events import DomainEvent

CONTEXTS = frozenset({"communications", "commerce", "knowledge_base", "personalization"})
"""Those that have to say that they have erased somebody."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """`erased_by` names the contexts in which nothing is left."""

    user_id: str
    requested_at: datetime
    erased_by: frozenset[str] = frozenset()
    completed_at: datetime | None = None


class Erasures(Protocol):
    def begin(self, user_id: str, now: datetime) -> None:
        """Erase the record, the addresses and the entries of the directory together, and open the erasure.

        Nothing changes where it has begun already.
        """
        ...

    def find(self, user_id: str) -> Erasure | None: ...

    def erased(self, user_id: str, context: str) -> Erasure | None:
        """Note that a context has nothing left. None for somebody who is not being erased."""
        ...

    def complete(self, user_id: str, now: datetime) -> None: ...

    def open(self) -> Iterable[Erasure]:
        """Those that are not complete, the oldest first."""
        ...


class Accounts(Protocol):
    """Of the user pool."""

    def groups(self, user_id: str) -> frozenset[str]:
        """Raises NotFound."""
        ...

    def disable(self, user_id: str) -> None:
        """Let nobody sign in, nor get tokens for those of an earlier sign-in. Idempotent; without an account too."""
        ...

    def delete(self, user_id: str) -> None:
        """Idempotent."""
        ...


@dataclass(frozen=True, slots=True)
class Erasing:
    users: Users
    erasures: Erasures
    accounts: Accounts
    ends: AccessEnds

    def begin(self, caller: Caller, user_id: str, now: Callable[[], datetime]) -> None:
        """Users erase themselves, staff supporters, and admins anybody but themselves.

        Each step may be repeated, and what fails is resumed by the next request. Raises NotFound; Forbidden; Conflict.
        """
        user_id = concerned(caller, user_id)
        self._require_permission(caller, user_id)
        self.accounts.disable(user_id)
        at = now()  # not before: whoever signed in meanwhile is out, too
        self.ends.end(user_id, at)
        self.erasures.begin(user_id, at)

    def _require_permission(self, caller: Caller, user_id: str) -> None:
        if user_id == caller.user_id:
            if "admin" in caller.groups:
                raise Conflict("You cannot erase yourself as an admin: leave the group admin first.")
            return
        try:
            groups = self.accounts.groups(user_id)
        except NotFound:
            if self.users.find(user_id) is None and self.erasures.find(user_id) is None:
                raise
            return  # the account is gone already: what is left of them goes, too
        if groups and "admin" not in caller.groups:
            raise Forbidden("Only admins may erase staff.")


def note_erased(event: DomainEvent, erasures: Erasures, accounts: Accounts, settling: timedelta, now: datetime) -> str:
    """A context has erased somebody. After the last of them, the account goes."""
    context = str(event.data["context"])
    erasure = erasures.find(event.user_id)
    if erasure is None or erasure.completed_at:
        return "not being erased"
    if event.occurred_at < erasure.requested_at + settling:
        return "too early to count"
    erasure = erasures.erased(event.user_id, context)
    if erasure is None or not erasure.erased_by >= CONTEXTS:
        return "others to follow"
    accounts.delete(event.user_id)
    erasures.complete(event.user_id, now)
    return "completed"


class Events(Protocol):
    def publish(self, name: str, event: DomainEvent) -> None:
        """Raises Unavailable."""
        ...


OVERDUE_AFTER = timedelta(days=7)
"""The law gives a month."""


@dataclass(frozen=True, slots=True)
class FollowedUp:
    """How many are open, and the users of those that have been for too long."""

    open: int
    overdue: tuple[str, ...]


def follow_up(
    erasures: Erasures, events: Events, user_deleted: Callable[[Erasure], Named], now: datetime
) -> FollowedUp:
    """Publish again who is being erased: contexts erase what is left, and say so. Raises Unavailable."""
    found = tuple(erasures.open())
    for erasure in found:
        events.publish(*user_deleted(erasure))
    overdue = tuple(each.user_id for each in found if each.requested_at + OVERDUE_AFTER <= now)
    return FollowedUp(len(found), overdue)
