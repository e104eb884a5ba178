"""A sample project: two cards that turn an article into a letter to supporters, and the texts that they include."""

from datetime import datetime

from personalization.prompts.domain.editing import ProjectAccess, PromptChange, PromptService
from personalization.prompts.domain.members import Member, Role
from personalization.prompts.domain.projects import Project, Projects, ProjectSettings, ProjectStatus
from personalization.prompts.domain.prompts import Prompts, Texts
from shared.auth.callers import Caller
from shared.dynamodb.connection import readers

OWNER, EDITOR = "tom.bell@almoner.example", "priya.shah@almoner.example"

# Sample events use the same ids.
PROJECT_ID = "0197a1b2-0000-7000-8000-000000000003"
_STYLE_ID = "0197a1b2-0000-7000-8000-000000000004"
_LETTER_ID = "0197a1b2-0000-7000-8000-000000000005"

_STYLE = "Write plain English for {{audience}}. Be warm, and never promise a cure."
_LATER_STYLE = f"{_STYLE}\nSay where every figure comes from."
_LETTER = f"Turn the article into a letter of at most 300 words.\n{{{{> {_STYLE_ID}}}}}"


def start_project(
    projects: Projects,
    project_access: ProjectAccess,
    prompts: Prompts,
    texts: Texts,
    owner_id: str,
    editor_id: str,
    now: datetime,
) -> None:
    """The style has a second version that is not in production yet."""
    caller = Caller(owner_id)
    members = Member(owner_id, Role.OWNER, now, owner_id), Member(editor_id, Role.EDITOR, now, owner_id)
    description = "Letters to supporters, made of what the researchers publish"
    project = Project(
        project_id=PROJECT_ID,
        name="Letters",
        description=description,
        settings=ProjectSettings(),
        status=ProjectStatus.ACTIVE,
        members=members,
        created_at=now,
        updated_at=now,
    )
    projects.add(project, None)
    ids = iter((_STYLE_ID, f"{_STYLE_ID}-move", _LETTER_ID, f"{_LETTER_ID}-move"))
    service = PromptService(
        project_access=project_access, prompts=prompts, texts=texts, new_id=lambda _: next(ids), readers=readers
    )
    style = PromptChange(title="House style", content=_STYLE, tags=("style",), is_active=False, variables=("audience",))
    service.create(caller, PROJECT_ID, style, now, None)
    service.create(caller, PROJECT_ID, PromptChange(title="Letter", content=_LETTER, tags=("letter",)), now, None)
    service.save(caller, PROJECT_ID, _STYLE_ID, seen_version=1, change=PromptChange(content=_LATER_STYLE), now=now)
