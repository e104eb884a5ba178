"""Who works on a project, and what each of them may do there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from shared.errors import Conflict, FieldError, Invalid, NotFound

MOST_MEMBERS = 50  # a project and all that lists it are written in one transaction of at most 100 writes


class Role(StrEnum):
    """A viewer reads and runs; an editor also changes prompts, cases and labels; an owner may everything."""

    VIEWER = "viewer"
    EDITOR = "editor"
    OWNER = "owner"

    def covers(self, other: "Role") -> bool:
        """Whether whoever has this role may do what the other role may."""
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
    """Members by the time at which they joined; `next_position` is the id of the last where others follow."""

    items: tuple[Member, ...]
    next_position: str | None


def with_member(members: Sequence[Member], added: Member) -> tuple[Member, ...]:
    """Raises Conflict for somebody who is a member already; Invalid where there are as many as can be."""
    if any(member.user_id == added.user_id for member in members):
        raise Conflict("They are a member already: change their role instead.")
    if len(members) >= MOST_MEMBERS:
        raise Invalid(f"A project has at most {MOST_MEMBERS} members.", [FieldError("userId", "is one too many")])
    return (*members, added)


def with_role(members: Sequence[Member], user_id: str, role: Role) -> tuple[Member, ...]:
    """Raises NotFound; Conflict where no owner would be left."""
    _require_member(members, user_id)
    changed = tuple(replace(each, role=role) if each.user_id == user_id else each for each in members)
    _require_owner(changed)
    return changed


def without_member(members: Sequence[Member], user_id: str) -> tuple[Member, ...]:
    """Raises NotFound; Conflict where no owner would be left."""
    _require_member(members, user_id)
    left = tuple(member for member in members if member.user_id != user_id)
    _require_owner(left)
    return left


def member_page(members: Sequence[Member], after: str | None, limit: int) -> MemberPage:
    """Those who joined after the member `after`; from the start where that one has left."""
    ids = [member.user_id for member in members]
    start = ids.index(after) + 1 if after in ids else 0
    page = tuple(members[start : start + limit])
    return MemberPage(page, page[-1].user_id if len(members) > start + limit else None)


def _require_member(members: Sequence[Member], user_id: str) -> None:
    if all(member.user_id != user_id for member in members):
        raise NotFound("There is no such member.")


def _require_owner(members: Sequence[Member]) -> None:
    if all(member.role is not Role.OWNER for member in members):
        raise Conflict("The last owner cannot leave: make somebody else an owner first.")
