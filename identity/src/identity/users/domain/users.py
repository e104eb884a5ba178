"""The users of the platform, and the groups that admins put them in."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from shared.auth.callers import Caller
from shared.errors import Conflict
from shared.text.characters import normal_form


class Group(StrEnum):
    """Whoever is in none of them is a supporter."""

    ADMIN = "admin"
    FINANCE = "finance"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class User:
    """`enabled` users may sign in. Groups are in alphabetical order."""

    user_id: str
    email: str
    name: str
    groups: tuple[Group, ...]
    enabled: bool
    created_at: datetime

    def matches(self, prefix: str) -> bool:
        """`prefix` is in its normal form."""
        return any(normal_form(text).casefold().startswith(prefix.casefold()) for text in (self.email, self.name))


@dataclass(frozen=True, slots=True)
class UserPage:
    """`next_position` is where the next page begins; None after the last."""

    users: tuple[User, ...]
    next_position: str | None


class UserPool(Protocol):
    def find(self, user_id: str) -> User:
        """Raises NotFound."""
        ...

    def page(self, prefix: str | None, after: str | None, limit: int) -> UserPage:
        """Users whose address or name begins with `prefix`, in no order; a page may have fewer than `limit`."""
        ...

    def members(self, group: Group) -> Iterable[User]:
        """All of a group."""
        ...

    def join(self, user_id: str, group: Group) -> None: ...

    def leave(self, user_id: str, group: Group) -> None: ...


def list_users(pool: UserPool, prefix: str | None, group: Group | None, after: str | None, limit: int) -> UserPage:
    """A page of all users, or of a group's in the order of their addresses."""
    if group is None:
        return pool.page(prefix, after, limit)
    found = [user for user in pool.members(group) if prefix is None or user.matches(prefix)]
    left = sorted((user for user in found if after is None or _position(user) > after), key=_position)
    page = left[:limit]
    return UserPage(tuple(page), _position(page[-1]) if len(left) > limit else None)


def put_groups(
    caller: Caller, user_id: str, groups: Collection[Group], pool: UserPool, end_access: Callable[[str], None]
) -> User:
    """Have the user be in exactly these groups. Repeated after a failure, it does what is left.

    Tokens say in which groups their user is: access ends before the user leaves any, so that no failure in between
    leaves somebody signed in with a group that was taken away.

    Raises NotFound; Conflict where admins would take away their own rights, so that there is always one; Unavailable.
    """
    if user_id == caller.user_id and Group.ADMIN not in groups:
        raise Conflict("You cannot leave the group admin yourself: ask another admin.")
    user = pool.find(user_id)
    if not set(user.groups) <= set(groups):
        end_access(user_id)
    for group in Group:
        if group in groups and group not in user.groups:
            pool.join(user_id, group)
        elif group in user.groups and group not in groups:
            pool.leave(user_id, group)
    return replace(user, groups=tuple(sorted(groups)))


def _position(user: User) -> str:
    return f"{user.email} {user.user_id}"
