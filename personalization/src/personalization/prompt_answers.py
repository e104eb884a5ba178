"""The shapes of prompt projects that clients receive: a part of `answers`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from personalization.domain.prompts.editing import PromptPage, PromptSummary, PromptView
from personalization.domain.prompts.members import Member, MemberPage
from personalization.domain.prompts.projects import ProjectPage, ProjectView, seen_by
from personalization.domain.prompts.promotion import Difference, LabelsView
from personalization.domain.prompts.prompts import LabelMove, Prompt, VersionPage
from shared.auth import Caller
from shared.cursors import Cursors


class MadeProjectAnswer(ProjectView):
    """POST /api/projects → 201"""

    __slots__ = ()


class ProjectAnswer(ProjectView):
    """GET /api/projects/{projectId}, PUT /api/projects/{projectId}"""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class ProjectList:
    """GET /api/projects"""

    items: tuple[ProjectView, ...]
    next_cursor: str | None


def projects_scope(caller: Caller) -> str:
    """What a cursor of the projects that somebody sees is signed for."""
    return f"projects:{caller.user_id}"


def projects_answer(caller: Caller, page: ProjectPage, cursors: Cursors) -> ProjectList:
    items = tuple(seen_by(caller, project) for project in page.items if project.role_of(caller))
    return ProjectList(items, cursors.make(projects_scope(caller), page.next_position))


class AddedMemberAnswer(Member):
    """POST /api/projects/{projectId}/members → 201"""

    __slots__ = ()


class MemberAnswer(Member):
    """PUT /api/projects/{projectId}/members/{userId}"""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class MemberList:
    """GET /api/projects/{projectId}/members"""

    items: tuple[Member, ...]
    next_cursor: str | None


def members_scope(project_id: str) -> str:
    """What a cursor of a project's members is signed for."""
    return f"members:{project_id}"


def members_answer(project_id: str, page: MemberPage, cursors: Cursors) -> MemberList:
    return MemberList(page.items, cursors.make(members_scope(project_id), page.next_position))


class MadePromptAnswer(PromptView):
    """POST /api/projects/{projectId}/prompts → 201"""

    __slots__ = ()


class PromptAnswer(PromptView):
    """GET /api/projects/{projectId}/prompts/{promptId}, PUT /api/projects/{projectId}/prompts/{promptId}"""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class PromptList:
    """GET /api/projects/{projectId}/prompts, PUT /api/projects/{projectId}/prompts/order"""

    items: tuple[PromptSummary, ...]
    next_cursor: str | None


def prompts_scope(project_id: str, tag: str | None) -> str:
    """What a cursor of a project's prompts is signed for."""
    return f"prompts:{project_id}:{tag or ''}"


def prompts_answer(project_id: str, tag: str | None, page: PromptPage, cursors: Cursors) -> PromptList:
    return PromptList(page.items, cursors.make(prompts_scope(project_id, tag), page.next_position))


@dataclass(frozen=True, slots=True)
class VersionItem:
    """One save; `includes` are the prompts whose texts it includes, `labels` those that point at it."""

    version: int
    title: str
    variables: tuple[str, ...]
    includes: tuple[str, ...]
    characters: int
    labels: tuple[str, ...]
    saved_by: str
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class VersionList:
    """GET /api/projects/{projectId}/prompts/{promptId}/versions"""

    items: tuple[VersionItem, ...]
    next_cursor: str | None


def history_scope(kind: str, prompt_id: str) -> str:
    """What a cursor of a prompt's versions, or label moves, is signed for."""
    return f"{kind}:{prompt_id}"


def versions_answer(prompt: Prompt, page: VersionPage, cursors: Cursors) -> VersionList:
    items = tuple(
        VersionItem(
            version=version.version,
            title=version.title,
            variables=version.variables,
            includes=tuple(dict.fromkeys(version.includes)),
            characters=version.characters,
            labels=tuple(sorted(label for label, number in prompt.labels.items() if number == version.version)),
            saved_by=version.saved_by,
            saved_at=version.saved_at,
        )
        for version in page.items
    )
    return VersionList(items, cursors.make(history_scope("versions", prompt.prompt_id), page.next_position))


class LabelMoveAnswer(LabelMove):
    """POST /api/projects/{projectId}/prompts/{promptId}/labels"""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class LabelsAnswer:
    """GET /api/projects/{projectId}/prompts/{promptId}/labels

    `labels` say where each points now, `items` where they have been, the newest first.
    """

    labels: Mapping[str, int]
    items: tuple[LabelMove, ...]
    next_cursor: str | None


def labels_answer(prompt_id: str, view: LabelsView, cursors: Cursors) -> LabelsAnswer:
    next_cursor = cursors.make(history_scope("labels", prompt_id), view.moves.next_position)
    return LabelsAnswer(view.labels, view.moves.items, next_cursor)


class DifferenceAnswer(Difference):
    """GET /api/projects/{projectId}/prompts/{promptId}/diff"""

    __slots__ = ()
