"""What clients receive about projects, their members and their prompts."""

from dataclasses import dataclass

from personalization.prompts.domain.editing import PromptPage, PromptSummary
from personalization.prompts.domain.membership import MemberView, MemberViewPage
from personalization.prompts.domain.projects import ProjectPage, ProjectView, seen_by
from shared.auth.callers import Caller
from shared.http.cursors import Cursors


@dataclass(frozen=True, slots=True)
class ProjectList:
    items: tuple[ProjectView, ...]
    next_cursor: str | None


def projects_scope(caller: Caller) -> str:
    """The scope of cursors of the projects that somebody sees."""
    return f"projects:{caller.user_id}"


def projects_answer(caller: Caller, page: ProjectPage, cursors: Cursors) -> ProjectList:
    items = tuple(seen_by(caller, project) for project in page.items if project.role_of(caller))
    return ProjectList(items, cursors.make(projects_scope(caller), page.next_position))


@dataclass(frozen=True, slots=True)
class MemberList:
    items: tuple[MemberView, ...]
    next_cursor: str | None


def members_scope(project_id: str) -> str:
    """The scope of cursors of a project's members."""
    return f"members:{project_id}"


def members_answer(project_id: str, page: MemberViewPage, cursors: Cursors) -> MemberList:
    return MemberList(page.items, cursors.make(members_scope(project_id), page.next_position))


@dataclass(frozen=True, slots=True)
class PromptList:
    items: tuple[PromptSummary, ...]
    next_cursor: str | None


def prompts_scope(project_id: str, tag: str | None) -> str:
    """The scope of cursors of a project's prompts."""
    return f"prompts:{project_id}:{tag or ''}"


def prompts_answer(project_id: str, tag: str | None, page: PromptPage, cursors: Cursors) -> PromptList:
    return PromptList(page.items, cursors.make(prompts_scope(project_id, tag), page.next_position))
