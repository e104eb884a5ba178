"""Joining a project, and leaving it: members are people who have signed up, and one of them is always an owner."""

from dataclasses import dataclass, replace
from datetime import datetime

from personalization.prompts.domain.members import (
    Member,
    Role,
    member_page,
    with_member,
    with_role,
    without_member,
)
from personalization.prompts.domain.projects import Project, Projects, authorized, with_members
from personalization.supporters.domain.people import People
from shared.auth.callers import Caller
from shared.errors import FieldError, Invalid
from shared.idempotency.claims import Claim
from shared.people.person import Person


@dataclass(frozen=True, slots=True)
class MemberView:
    """A member as the others see them; name and address are null of somebody who is gone."""

    user_id: str
    name: str | None
    email: str | None
    role: Role
    added_at: datetime
    added_by: str


@dataclass(frozen=True, slots=True)
class MemberViewPage:
    """In the order in which they joined; `next_position` is the id of the last if others follow."""

    items: tuple[MemberView, ...]
    next_position: str | None


class MemberService:
    def __init__(self, projects: Projects, people: People) -> None:
        self._projects, self._people = projects, people

    def page(self, caller: Caller, project_id: str, after: str | None, limit: int) -> MemberViewPage:
        """Two rounds of reads. Raises NotFound."""
        project = authorized(caller, self._projects.find(project_id), Role.VIEWER)
        page = member_page(project.members, after, limit)
        people = self._people.find([member.user_id for member in page.items])
        items = tuple(_view(member, people.get(member.user_id)) for member in page.items)
        return MemberViewPage(items, page.next_position)

    def add(
        self, caller: Caller, project_id: str, user_id: str, role: Role, *, now: datetime, claim: Claim | None
    ) -> MemberView:
        """Raises NotFound; Forbidden; Conflict for a member; Invalid for nobody and beyond 50; KeyInUse."""

        def join(project: Project) -> MemberView:
            member = Member(user_id, role, now, caller.user_id)
            joined = _having(project, with_member(project.members, member))
            view = _view(member, self._somebody(user_id))
            self._projects.set_members(joined, user_id, claim.answered(view, now) if claim else None)
            return view

        return with_members(self._projects, caller, project_id, Role.OWNER, join)

    def change_role(self, caller: Caller, project_id: str, user_id: str, role: Role) -> MemberView:
        """Raises NotFound; Forbidden; Conflict if no owner would be left; Invalid for an owner who is gone."""

        def change(project: Project) -> MemberView:
            changed = _having(project, with_role(project.members, user_id, role))
            person = self._somebody(user_id) if role is Role.OWNER else self._people.find([user_id]).get(user_id)
            self._projects.set_members(changed, user_id, None)
            return _view(next(each for each in changed.members if each.user_id == user_id), person)

        return with_members(self._projects, caller, project_id, Role.OWNER, change)

    def remove(self, caller: Caller, project_id: str, user_id: str) -> None:
        """Owners remove anybody, everybody may leave. Raises NotFound; Forbidden; Conflict for the last owner."""

        def leave(project: Project) -> None:
            self._projects.set_members(_having(project, without_member(project.members, user_id)), user_id, None)

        required = Role.VIEWER if user_id == caller.user_id else Role.OWNER
        with_members(self._projects, caller, project_id, required, leave)

    def _somebody(self, user_id: str) -> Person:
        """Raises Invalid."""
        person = self._people.find([user_id]).get(user_id)
        if person is None:
            message = "must be the id of somebody who has signed up: GET /supporters finds it by name or address"
            raise Invalid("There is no such user.", [FieldError("userId", message)])
        return person


def _having(project: Project, members: tuple[Member, ...]) -> Project:
    return replace(project, members=members, members_version=project.members_version + 1)


def _view(member: Member, person: Person | None) -> MemberView:
    return MemberView(
        user_id=member.user_id,
        name=person.name if person else None,
        email=person.email if person else None,
        role=member.role,
        added_at=member.added_at,
        added_by=member.added_by,
    )
