"""What clients send to prompt projects."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from personalization.prompts.domain.editing import PromptChange
from personalization.prompts.domain.members import Role
from personalization.prompts.domain.projects import ProjectChange, ProjectStatus
from personalization.prompts.domain.prompts import MAX_PROMPTS, MAX_STEP
from personalization.prompts.domain.templates import MAX_CHARACTERS, MAX_VARIABLES, VARIABLE, VARIABLE_IN_WORDS
from shared.http.fields import DISTINCT, NOT_NULL, Body, Line, Version, written
from shared.http.forms import Form


def _characters(text: str) -> str:
    """May be empty; line breaks and tabs are the only control characters."""
    return written(text) if text else text


_MAX_PROMPT_BYTES = 512 * 1024  # the longest content, with every character escaped as a pair of surrogates

type _Title = Annotated[str, Line(200)]
type _Description = Annotated[str, Field(max_length=2000), AfterValidator(_characters)]
type _Tokens = Annotated[int, Field(ge=1, le=1_000_000_000)]


class ProjectSettingsBody(Body):
    """What is left out stays as it is; null is the platform's default."""

    max_tokens: Annotated[int, Field(ge=1, le=4096)] | None = None
    temperature: Annotated[float, Field(ge=0, le=1)] | None = None
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    tokens_per_day: _Tokens | None = None
    tokens_per_user_per_day: _Tokens | None = None

    def to_settings(self) -> dict[str, float | None]:
        return self.model_dump(exclude_unset=True)


class MakeProject(Body):
    MAX_BODY_BYTES = 64 * 1024

    name: _Title
    description: _Description = ""
    settings: Annotated[ProjectSettingsBody | None, NOT_NULL] = None
    status: Literal["ACTIVE", "INACTIVE"] = "ACTIVE"

    def to_change(self) -> ProjectChange:
        settings = self.settings.to_settings() if self.settings else {}
        return ProjectChange(self.name, self.description, settings, ProjectStatus(self.status))


class ChangeProject(Body):
    """What is left out stays as it is, in `settings` too."""

    MAX_BODY_BYTES = 64 * 1024

    version: Version
    name: Annotated[_Title | None, NOT_NULL] = None
    description: Annotated[_Description | None, NOT_NULL] = None
    settings: Annotated[ProjectSettingsBody | None, NOT_NULL] = None
    status: Annotated[Literal["ACTIVE", "INACTIVE"] | None, NOT_NULL] = None

    def to_change(self) -> ProjectChange:
        settings = self.settings.to_settings() if self.settings else {}
        return ProjectChange(self.name, self.description, settings, ProjectStatus(self.status) if self.status else None)


class ChangeRole(Body):
    role: Literal["owner", "editor", "viewer"]

    def to_role(self) -> Role:
        return Role(self.role)


class AddMember(ChangeRole):
    user_id: Annotated[str, Form(r"[A-Za-z0-9_-]{1,128}", "a user's id")]


type _Content = Annotated[str, Field(min_length=1, max_length=MAX_CHARACTERS), AfterValidator(written)]
type _Tag = Annotated[str, Line(40)]
type _Tags = Annotated[list[_Tag], Field(max_length=20), DISTINCT]
type _Step = Annotated[int, Field(ge=0, le=MAX_STEP)]
type _Variable = Annotated[str, Form(VARIABLE, VARIABLE_IN_WORDS)]
type _Variables = Annotated[list[_Variable], Field(max_length=MAX_VARIABLES), DISTINCT]


class MakePrompt(Body):
    """Without `stepOrder`, it comes after all others."""

    MAX_BODY_BYTES = _MAX_PROMPT_BYTES

    title: _Title
    content: _Content
    tags: _Tags = []
    is_active: bool = True
    step_order: Annotated[_Step | None, NOT_NULL] = None
    variables: _Variables = []

    def to_change(self) -> PromptChange:
        tags, variables = tuple(self.tags), tuple(self.variables)
        return PromptChange(
            title=self.title,
            content=self.content,
            tags=tags,
            is_active=self.is_active,
            step_order=self.step_order,
            variables=variables,
        )


class SavePrompt(Body):
    """`version` is the latest, as it was read; what is left out stays as it is."""

    MAX_BODY_BYTES = _MAX_PROMPT_BYTES

    version: Version
    title: Annotated[_Title | None, NOT_NULL] = None
    content: Annotated[_Content | None, NOT_NULL] = None
    tags: Annotated[_Tags | None, NOT_NULL] = None
    is_active: Annotated[bool | None, NOT_NULL] = None
    step_order: Annotated[_Step | None, NOT_NULL] = None
    variables: Annotated[_Variables | None, NOT_NULL] = None

    def to_change(self) -> PromptChange:
        tags = None if self.tags is None else tuple(self.tags)
        variables = None if self.variables is None else tuple(self.variables)
        return PromptChange(
            title=self.title,
            content=self.content,
            tags=tags,
            is_active=self.is_active,
            step_order=self.step_order,
            variables=variables,
        )


class OrderPrompts(Body):
    prompt_ids: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=64)]],
        Field(max_length=MAX_PROMPTS),
        DISTINCT,
    ]
