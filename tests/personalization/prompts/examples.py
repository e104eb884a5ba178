"""Projects and prompts to test with."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from personalization.prompts.domain.members import Member, Role
from personalization.prompts.domain.projects import Project, ProjectSettings, ProjectStatus
from personalization.prompts.domain.prompts import PRODUCTION, LabelMove, Prompt, Version
from shared.auth.callers import Caller

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
OWNER, EDITOR, VIEWER = Caller("olga", frozenset({"staff"})), Caller("edda", frozenset({"staff"})), Caller("vera")
ADMIN, STRANGER = Caller("adam", frozenset({"admin"})), Caller("sam", frozenset({"staff"}))


def a_member(user_id: str, role: Role = Role.VIEWER) -> Member:
    return Member(user_id, role, NOW, "olga")


def a_project(project_id: str = "project-1", *members: Member) -> Project:
    return Project(
        project_id=project_id,
        name="Läufe & more 👟",
        description="",
        settings=ProjectSettings(max_tokens=1000, temperature=0.1, top_p=None, tokens_per_day=50_000),
        status=ProjectStatus.ACTIVE,
        members=members or (a_member("olga", Role.OWNER),),
        created_at=NOW,
        updated_at=NOW,
    )


def a_version(number: int = 1, includes: Sequence[str] = (), text_id: str = "text") -> Version:
    return Version(
        version=number,
        title=f"Title {number}",
        variables=("audience", "tone"),
        includes=tuple(includes),
        characters=12,
        digest="d" * 64,
        text_id=text_id,
        saved_by="edda",
        saved_at=NOW,
    )


def a_prompt(prompt_id: str = "prompt-1", project_id: str = "project-1", includes: Sequence[str] = ()) -> Prompt:
    version = a_version(1, includes)
    return Prompt(
        project_id=project_id,
        prompt_id=prompt_id,
        tags=("tone", "über"),
        is_active=True,
        step_order=1,
        latest=version,
        production=version,
        labels={PRODUCTION: 1},
        created_at=NOW,
        updated_at=NOW,
    )


def next_save(prompt: Prompt, text_id: str = "text") -> Prompt:
    return replace(prompt, latest=a_version(prompt.version + 1, text_id=text_id), tags=("new",), is_active=False)


def a_move(number: int = 1, to: int = 1, label: str = PRODUCTION) -> LabelMove:
    return LabelMove(
        move_id=f"move-{number:03}",
        label=label,
        from_version=to - 1 or None,
        to_version=to,
        reason="because",
        forced=False,
        moved_by="edda",
        moved_at=NOW,
    )
