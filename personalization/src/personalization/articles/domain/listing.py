"""Lists of a project's runs: which versions of prompts they used, what came of them and what they cost, no texts."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from personalization.articles.domain.pricing import Cost
from personalization.prompts.domain.cards import CardUsed
from personalization.prompts.domain.editing import ProjectAccess
from personalization.prompts.domain.members import Role
from shared.auth.callers import Caller
from shared.models.model import Usage
from shared.time.periods import Period


class RunStatus(StrEnum):
    """A run that waits for a worker is running, too."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Listing:
    """Which runs are listed: of a status, or of all; started within the period."""

    status: RunStatus | None = None
    period: Period = field(default_factory=Period)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """What only the end determines is None until then. `position` sorts runs by time."""

    run_id: str
    session_id: str
    user_id: str
    started_at: datetime
    status: RunStatus
    cards_used: tuple[CardUsed, ...]
    processing_ms: int | None
    usage: Usage | None
    cost: Cost | None
    position: str


@dataclass(frozen=True, slots=True)
class RunPage:
    """The newest first."""

    items: tuple[RunSummary, ...]
    next_position: str | None


class RunLists(Protocol):
    def runs(
        self, project_id: str, user_id: str | None, listing: Listing, *, after: str | None, limit: int, now: datetime
    ) -> RunPage:
        """Of one user, or of all for None."""
        ...


class RunListService:
    def __init__(self, project_access: ProjectAccess, lists: RunLists) -> None:
        self._project_access, self._lists = project_access, lists

    def page(
        self, caller: Caller, project_id: str, listing: Listing, *, after: str | None, limit: int, now: datetime
    ) -> RunPage:
        """Viewers list their own runs, editors and owners everybody's. Raises NotFound."""
        project = self._project_access.authorize(caller, project_id, Role.VIEWER)
        role = project.role_of(caller)
        user_id = None if role and role.covers(Role.EDITOR) else caller.user_id
        return self._lists.runs(project_id, user_id, listing, after=after, limit=limit, now=now)
