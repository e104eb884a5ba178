"""Who works on a project, and what each member may do."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from shared.errors import Conflict, FieldError, Invalid, NotFound

MAX_MEMBERS = 50  # a project and all that lists it are written in one transaction of at most 100 writes


class Role(StrEnum):
    """A viewer reads and runs; an editor also changes prompts, cases and labels; an owner may do everything."""

    VIEWER = "viewer"
    EDITOR = "editor"
    OWNER = "owner"

    def covers(self, other: "Role") -> bool:
        """Whether this role may do everything that the other may."""
        return _RANKS[self] >= _RANKS[other]


_RANKS = {Role.VIEWER: 1, Role.EDITOR: 2, Role.OWNER: 3}


@dataclass(frozen=True, slots=True)
class Member:
    user_id: str
    role: Role
    added_at: datetime
    added_by: str


@dataclass(frozen=True, slots=True)
class MemberPage:
    """Members in the order in which they joined; `next_position` is the id of the last if others follow."""

    items: tuple[Member, ...]
    next_position: str | None


def with_member(members: Sequence[Member], added: Member) -> tuple[Member, ...]:
    """Raises Conflict for somebody who is a member already; Invalid if the project is full."""
    if any(member.user_id == added.user_id for member in members):
        raise Conflict("This user is a member already: change their role instead.")
    if len(members) >= MAX_MEMBERS:
        raise Invalid(
            f"A project has at most {MAX_MEMBERS} members: remove one first.",
            [FieldError("userId", f"would be more than {MAX_MEMBERS} members")],
        )
    return (*members, added)


def with_role(members: Sequence[Member], user_id: str, role: Role) -> tuple[Member, ...]:
    """Raises NotFound; Conflict if no owner would be left."""
    _require_member(members, user_id)
    changed = tuple(replace(each, role=role) if each.user_id == user_id else each for each in members)
    _require_owner(changed)
    return changed


def without_member(members: Sequence[Member], user_id: str) -> tuple[Member, ...]:
    """Raises NotFound; Conflict if no owner would be left."""
    _require_member(members, user_id)
    left = tuple(member for member in members if member.user_id != user_id)
    _require_owner(left)
    return left


def member_page(members: Sequence[Member], after: str | None, limit: int) -> MemberPage:
    """Those who joined after the member `after`, or all of them if that one has left."""
    ids = [member.user_id for member in members]
    start = ids.index(after) + 1 if after in ids else 0
    page = tuple(members[start : start + limit])
    return MemberPage(page, page[-1].user_id if len(members) > start + limit else None)


def _require_member(members: Sequence[Member], user_id: str) -> None:
    if all(member.user_id != user_id for member in members):
        raise NotFound("There is no such member.")


def _require_owner(members: Sequence[Member]) -> None:
    if all(member.role is not Role.OWNER for member in members):
        raise Conflict("A project needs an owner: make somebody else an owner first.")
