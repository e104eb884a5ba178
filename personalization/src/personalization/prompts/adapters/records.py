"""Projects and their prompts as their tables have them."""

import json
from collections.abc import Sequence
from dataclasses import fields
from typing import Any, Self

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.constants import LIST, MAP, STRING

from personalization.prompts.domain.members import Member, Role
from personalization.prompts.domain.projects import Project, ProjectSettings, ProjectStatus
from personalization.prompts.domain.prompts import LabelMove, Prompt, Version
from shared.dynamodb.attributes import (
    DocumentAttribute,
    IntegerAttribute,
    MomentAttribute,
    TextsAttribute,
    WholeAttribute,
)
from shared.dynamodb.documents import from_dynamodb, in_dynamodb
from shared.dynamodb.records import Record
from shared.json.encoding import encode, moment

EVERYBODY, REMOVED = "*", "-"
"""In the place of a member: the lists of all projects, and of those that were removed. No user's id looks like that."""

STEPS = "steps"
"""In the place of a prompt's id: the item that has every prompt's step. No id looks like that."""

VERSIONS, MOVES = "version#", "move#"

_VERSION_FIELDS = tuple(field.name for field in fields(Version))


class MembersAttribute(WholeAttribute[tuple[Member, ...]]):
    attr_type = LIST

    def serialize(self, value: Sequence[Member]) -> Any:
        return in_dynamodb(json.loads(encode(value)))[LIST]

    def deserialize(self, value: Any) -> tuple[Member, ...]:
        return tuple(
            Member(each["userId"], Role(each["role"]), moment(each["addedAt"]), each["addedBy"])
            for each in from_dynamodb({LIST: value})
        )


class SettingsAttribute(WholeAttribute[ProjectSettings]):
    """Fractions as text: what is read is then what was written."""

    attr_type = MAP

    def serialize(self, value: ProjectSettings) -> Any:
        document = {
            "maxTokens": value.max_tokens,
            "temperature": None if value.temperature is None else repr(value.temperature),
            "topP": None if value.top_p is None else repr(value.top_p),
            "tokensPerDay": value.tokens_per_day,
            "tokensPerUserPerDay": value.tokens_per_user_per_day,
        }
        return in_dynamodb(document)[MAP]

    def deserialize(self, value: Any) -> ProjectSettings:
        document = from_dynamodb({MAP: value})
        temperature, top_p = document.get("temperature"), document.get("topP")
        return ProjectSettings(
            max_tokens=document.get("maxTokens"),
            temperature=None if temperature is None else float(temperature),
            top_p=None if top_p is None else float(top_p),
            tokens_per_day=document.get("tokensPerDay"),
            tokens_per_user_per_day=document.get("tokensPerUserPerDay"),
        )


class VersionAttribute(WholeAttribute[Version]):
    attr_type = MAP

    def serialize(self, value: Version) -> Any:
        return in_dynamodb(json.loads(encode(value)))[MAP]

    def deserialize(self, value: Any) -> Version:
        document = from_dynamodb({MAP: value})
        return Version(
            version=document["version"],
            title=document["title"],
            variables=tuple(document["variables"]),
            includes=tuple(document["includes"]),
            characters=document["characters"],
            digest=document["digest"],
            text_id=document["textId"],
            saved_by=document["savedBy"],
            saved_at=moment(document["savedAt"]),
        )


class ProjectRecord(Record):
    project_id = UnicodeAttribute(hash_key=True, attr_name="projectId")
    name = UnicodeAttribute()
    description = UnicodeAttribute()
    settings = SettingsAttribute()
    status = UnicodeAttribute()
    owner = UnicodeAttribute()
    members = MembersAttribute()
    version = IntegerAttribute()
    members_version = IntegerAttribute(attr_name="membersVersion")
    cards_version = IntegerAttribute(attr_name="cardsVersion", null=True)  # null: from before it was counted
    created_at = MomentAttribute(attr_name="createdAt")
    updated_at = MomentAttribute(attr_name="updatedAt")

    @classmethod
    def of(cls, project: Project) -> Self:
        return cls(
            project.project_id,
            name=project.name,
            description=project.description,
            settings=project.settings,
            status=project.status.value,
            owner=project.owner,
            members=project.members,
            version=project.version,
            members_version=project.members_version,
            cards_version=project.cards_version,
            created_at=project.created_at,
            updated_at=project.updated_at,
        )

    def to_project(self) -> Project:
        return Project(
            project_id=self.project_id,
            name=self.name,
            description=self.description,
            settings=self.settings,
            status=ProjectStatus(self.status),
            members=self.members,
            created_at=self.created_at,
            updated_at=self.updated_at,
            version=self.version,
            members_version=self.members_version,
            cards_version=self.cards_version or 0,
        )


class ListedProjectRecord(Record):
    """A project's place in the list of one of its members, or in that of all projects."""

    member_id = UnicodeAttribute(hash_key=True, attr_name="memberId")
    project_id = UnicodeAttribute(range_key=True, attr_name="projectId")


class RemovedProjectRecord(ListedProjectRecord):
    """A project that was removed, in the list of those of which something may be left."""

    removed_at = MomentAttribute(attr_name="removedAt")
    due_at = MomentAttribute(attr_name="dueAt")


class DeckRecord(Record):
    """One of a project's prompts, or the steps of all: one query reads both."""

    project_id = UnicodeAttribute(hash_key=True, attr_name="projectId")
    prompt_id = UnicodeAttribute(range_key=True, attr_name="promptId")

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> Any:
        """A PromptRecord or a StepsRecord."""
        record = StepsRecord() if data["promptId"] == {STRING: STEPS} else PromptRecord()
        record.deserialize(data)
        return record


class PromptRecord(DeckRecord):
    title = UnicodeAttribute()
    tags = TextsAttribute()
    is_active = BooleanAttribute(attr_name="isActive")
    version = IntegerAttribute()
    latest = VersionAttribute()
    production = VersionAttribute()
    labels = DocumentAttribute()
    label_moves = IntegerAttribute(attr_name="labelMoves")
    created_at = MomentAttribute(attr_name="createdAt")
    updated_at = MomentAttribute(attr_name="updatedAt")

    @classmethod
    def of(cls, prompt: Prompt) -> Self:
        return cls(
            prompt.project_id,
            prompt.prompt_id,
            title=prompt.latest.title,
            tags=prompt.tags,
            is_active=prompt.is_active,
            version=prompt.version,
            latest=prompt.latest,
            production=prompt.production,
            labels=dict(prompt.labels),
            label_moves=prompt.label_moves,
            created_at=prompt.created_at,
            updated_at=prompt.updated_at,
        )

    def to_prompt(self, step_order: int) -> Prompt:
        return Prompt(
            project_id=self.project_id,
            prompt_id=self.prompt_id,
            tags=self.tags,
            is_active=self.is_active,
            step_order=step_order,
            latest=self.latest,
            production=self.production,
            labels=self.labels,
            created_at=self.created_at,
            updated_at=self.updated_at,
            label_moves=self.label_moves,
        )


class StepsRecord(DeckRecord):
    """`steps`: the prompts' places in their order, by their ids. `revision`: see `Deck`."""

    steps = DocumentAttribute()
    prompts = IntegerAttribute()
    revision = IntegerAttribute()


class HistoryRecord(Record):
    """A version of a prompt or a move of one of its labels; `entry` sorts either by age."""

    prompt_id = UnicodeAttribute(hash_key=True, attr_name="promptId")
    entry = UnicodeAttribute(range_key=True)


class VersionRecord(HistoryRecord):
    """Its attributes are named as the fields of a version are."""

    version = IntegerAttribute()
    title = UnicodeAttribute()
    variables = TextsAttribute()
    includes = TextsAttribute()
    characters = IntegerAttribute()
    digest = UnicodeAttribute()
    text_id = UnicodeAttribute(attr_name="textId")
    saved_by = UnicodeAttribute(attr_name="savedBy")
    saved_at = MomentAttribute(attr_name="savedAt")

    @classmethod
    def of(cls, prompt_id: str, version: Version) -> Self:
        values = {name: getattr(version, name) for name in _VERSION_FIELDS}
        return cls(prompt_id, version_entry(version.version), **values)

    def to_version(self) -> Version:
        return Version(**{name: getattr(self, name) for name in _VERSION_FIELDS})


def version_entry(version: int) -> str:
    """Sorts as numbers do."""
    return f"{VERSIONS}{version:08}"


class LabelMoveRecord(HistoryRecord):
    label = UnicodeAttribute()
    from_version = IntegerAttribute(null=True, attr_name="from")
    to_version = IntegerAttribute(null=True, attr_name="to")
    reason = UnicodeAttribute(null=True)
    forced = BooleanAttribute()
    moved_by = UnicodeAttribute(attr_name="movedBy")
    moved_at = MomentAttribute(attr_name="movedAt")

    @classmethod
    def of(cls, prompt_id: str, move: LabelMove) -> Self:
        return cls(
            prompt_id,
            MOVES + move.move_id,
            label=move.label,
            from_version=move.from_version,
            to_version=move.to_version,
            reason=move.reason,
            forced=move.forced,
            moved_by=move.moved_by,
            moved_at=move.moved_at,
        )

    def to_move(self) -> LabelMove:
        return LabelMove(
            move_id=self.entry.removeprefix(MOVES),
            label=self.label,
            from_version=self.from_version,
            to_version=self.to_version,
            reason=self.reason,
            forced=self.forced,
            moved_by=self.moved_by,
            moved_at=self.moved_at,
        )
