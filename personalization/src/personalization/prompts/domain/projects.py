"""Projects: a team's prompts, and the limits under which they run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from personalization.prompts.domain.members import Member, Role
from shared.auth.callers import Caller
from shared.errors import Conflict, Forbidden, NotFound, Unavailable, VersionConflict
from shared.idempotency.claims import Claim, FirstAnswer

PAGE_SIZE, MAX_PAGE_SIZE = 20, 100

_ADMINS = "admin"
_MAX_ATTEMPTS = 5


class ProjectStatus(StrEnum):
    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"


@dataclass(frozen=True, slots=True)
class ProjectSettings:
    """The model's parameters, and budgets of tokens a day; None means the platform's default."""

    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    tokens_per_day: int | None = None
    tokens_per_user_per_day: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """`version` counts the changes of what owners set; `members_version` those of the list of members.

    `cards_version` counts the changes of the prompts that a run gets: see `Prompts`.
    """

    project_id: str
    name: str
    description: str
    settings: ProjectSettings
    status: ProjectStatus
    members: tuple[Member, ...]
    created_at: datetime
    updated_at: datetime
    version: int = 1
    members_version: int = 1
    cards_version: int = 0

    @property
    def owner(self) -> str:
        """Whoever has been an owner for longest; at first, who created the project."""
        return next(member.user_id for member in self.members if member.role is Role.OWNER)

    def role_of(self, caller: Caller) -> Role | None:
        """Admins may do everything, whether or not they are members."""
        if _ADMINS in caller.groups:
            return Role.OWNER
        return next((member.role for member in self.members if member.user_id == caller.user_id), None)

    def require_active(self) -> None:
        """Raises Conflict: an inactive project runs nothing."""
        if self.status is not ProjectStatus.ACTIVE:
            raise Conflict("The project is inactive: an owner has to activate it first.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectView:
    """A project as somebody sees it; `role` is their own."""

    project_id: str
    name: str
    description: str
    settings: ProjectSettings
    status: ProjectStatus
    owner: str
    role: Role
    version: int
    created_at: datetime
    updated_at: datetime


def seen_by(caller: Caller, project: Project) -> ProjectView:
    """Raises NotFound for non-members."""
    role = project.role_of(caller)
    if role is None:
        raise NotFound("There is no such project.")
    return ProjectView(
        project_id=project.project_id,
        name=project.name,
        description=project.description,
        settings=project.settings,
        status=project.status,
        owner=project.owner,
        role=role,
        version=project.version,
        created_at=project.created_at,
        updated_at=project.updated_at,
    )


@dataclass(frozen=True, slots=True)
class ProjectPage:
    """The newest first; `next_position` is the id of the last if others follow."""

    items: tuple[Project, ...]
    next_position: str | None


@dataclass(frozen=True, slots=True)
class ProjectChange:
    """New values; None leaves a value as it is. `settings` has new ones by name; there, None is the default."""

    name: str | None = None
    description: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    status: ProjectStatus | None = None


class Projects(Protocol):
    def find(self, project_id: str) -> Project | None: ...

    def add(self, project: Project, first_answer: FirstAnswer | None) -> None:
        """Raises KeyInUse."""
        ...

    def replace(self, project: Project) -> None:
        """Replace the previous version of what owners set, and leave the members. Raises VersionConflict."""
        ...

    def set_members(self, project: Project, changed: str, first_answer: FirstAnswer | None) -> None:
        """Replace the previous version of the members; `changed` is who joined, left or got another role.

        Raises VersionConflict; KeyInUse.
        """
        ...

    def page(self, member: str | None, after: str | None, limit: int) -> ProjectPage:
        """The projects of a member; all for None."""
        ...

    def remove(self, project: Project, now: datetime) -> None:
        """Remove the project and its memberships, and have erased what it has.

        Raises VersionConflict if the members have changed.
        """
        ...


def authorized(caller: Caller, project: Project | None, required: Role) -> Project:
    """The project, for a caller whose role covers `required`.

    Raises NotFound for non-members, who do not learn that it exists; Forbidden for members.
    """
    role = project.role_of(caller) if project else None
    if project is None or role is None:
        raise NotFound("There is no such project.")
    if not role.covers(required):
        raise Forbidden(f"Only an {required} of the project may do this.")
    return project


class ProjectService:
    def __init__(self, projects: Projects, new_id: Callable[[datetime], str]) -> None:
        self._projects, self._new_id = projects, new_id

    def authorize(self, caller: Caller, project_id: str, required: Role) -> Project:
        """Raises NotFound; Forbidden."""
        return authorized(caller, self._projects.find(project_id), required)

    def create(self, caller: Caller, wanted: ProjectChange, now: datetime, claim: Claim | None) -> ProjectView:
        """Staff and admins create projects, and own what they create. Raises Forbidden; KeyInUse."""
        caller.require_staff()
        project = Project(
            project_id=self._new_id(now),
            name=wanted.name or "",
            description=wanted.description or "",
            settings=ProjectSettings(**wanted.settings),
            status=wanted.status or ProjectStatus.ACTIVE,
            members=(Member(caller.user_id, Role.OWNER, now, caller.user_id),),
            created_at=now,
            updated_at=now,
        )
        view = seen_by(caller, project)
        self._projects.add(project, claim.answered(view, now) if claim else None)
        return view

    def page(self, caller: Caller, after: str | None, limit: int) -> ProjectPage:
        """The projects of which the caller is a member; all for an admin."""
        return self._projects.page(None if _ADMINS in caller.groups else caller.user_id, after, limit)

    def change(
        self, caller: Caller, project_id: str, *, seen_version: int, change: ProjectChange, now: datetime
    ) -> Project:
        """Raises NotFound; Forbidden; VersionConflict."""
        project = self.authorize(caller, project_id, Role.OWNER)
        changed = replace(
            project,
            name=project.name if change.name is None else change.name,
            description=project.description if change.description is None else change.description,
            settings=replace(project.settings, **change.settings),
            status=change.status or project.status,
            version=seen_version + 1,
            updated_at=now,
        )
        try:
            self._projects.replace(changed)
        except VersionConflict as error:
            raise VersionConflict("project", seen_version) from error
        return changed

    def remove(self, caller: Caller, project_id: str, now: datetime) -> None:
        """The project is gone at once for everybody; what it has follows. Raises NotFound; Forbidden."""

        def forget(project: Project) -> None:
            self._projects.remove(project, now)

        with_members(self._projects, caller, project_id, Role.OWNER, forget)


def with_members[T](
    projects: Projects, caller: Caller, project_id: str, required: Role, write: Callable[[Project], T]
) -> T:
    """Read the project, then write what depends on its members; again if they have changed in between.

    Raises NotFound; Forbidden; Unavailable.
    """
    for _ in range(_MAX_ATTEMPTS):
        project = authorized(caller, projects.find(project_id), required)
        try:
            return write(project)
        except VersionConflict:
            continue
    raise Unavailable("Others are changing this project right now; try again.")
