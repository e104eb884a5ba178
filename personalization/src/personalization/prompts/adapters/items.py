"""How prompt projects look as items of DynamoDB."""

from collections.abc import Mapping
from typing import Any

from personalization.prompts.domain.members import Member, Role
from personalization.prompts.domain.projects import Project, ProjectSettings, Status
from personalization.prompts.domain.prompts import LabelMove, Prompt, Version
from shared.dynamodb.tables import Item
from shared.json.encoding import moment, rfc3339

STEPS = "steps"
"""In the place of a prompt's id: the item that has every prompt's step. No id looks like that."""

VERSIONS, MOVES = "version#", "move#"


def project_item(project: Project) -> Item:
    return {
        "projectId": project.project_id,
        "name": project.name,
        "description": project.description,
        "settings": settings_map(project.settings),
        "status": project.status.value,
        "owner": project.owner,
        "members": members_list(project),
        "version": project.version,
        "membersVersion": project.members_version,
        "createdAt": rfc3339(project.created_at),
        "updatedAt": rfc3339(project.updated_at),
    }


def project_in(item: Item) -> Project:
    return Project(
        project_id=item["projectId"],
        name=item["name"],
        description=item["description"],
        settings=_settings_in(item["settings"]),
        status=Status(item["status"]),
        members=tuple(
            Member(each["userId"], Role(each["role"]), moment(each["addedAt"]), each["addedBy"])
            for each in item["members"]
        ),
        created_at=moment(item["createdAt"]),
        updated_at=moment(item["updatedAt"]),
        version=item["version"],
        members_version=item["membersVersion"],
    )


def members_list(project: Project) -> list[dict[str, str]]:
    return [
        {
            "userId": member.user_id,
            "role": member.role.value,
            "addedAt": rfc3339(member.added_at),
            "addedBy": member.added_by,
        }
        for member in project.members
    ]


def settings_map(settings: ProjectSettings) -> dict[str, Any]:
    """Fractions as text: what is read is then what was written."""
    return {
        "maxTokens": settings.max_tokens,
        "temperature": None if settings.temperature is None else repr(settings.temperature),
        "topP": None if settings.top_p is None else repr(settings.top_p),
        "tokensPerDay": settings.tokens_per_day,
        "tokensPerUserPerDay": settings.tokens_per_user_per_day,
    }


def _settings_in(known: Mapping[str, Any]) -> ProjectSettings:
    return ProjectSettings(
        max_tokens=known.get("maxTokens"),
        temperature=None if known.get("temperature") is None else float(known["temperature"]),
        top_p=None if known.get("topP") is None else float(known["topP"]),
        tokens_per_day=known.get("tokensPerDay"),
        tokens_per_user_per_day=known.get("tokensPerUserPerDay"),
    )


def prompt_item(prompt: Prompt) -> Item:
    return {
        "projectId": prompt.project_id,
        "promptId": prompt.prompt_id,
        "title": prompt.latest.title,
        "tags": list(prompt.tags),
        "isActive": prompt.is_active,
        "version": prompt.version,
        "latest": version_map(prompt.latest),
        "production": version_map(prompt.production),
        "labels": dict(prompt.labels),
        "labelMoves": prompt.label_moves,
        "createdAt": rfc3339(prompt.created_at),
        "updatedAt": rfc3339(prompt.updated_at),
    }


def prompt_in(item: Item, step_order: int) -> Prompt:
    return Prompt(
        project_id=item["projectId"],
        prompt_id=item["promptId"],
        tags=tuple(item["tags"]),
        is_active=item["isActive"],
        step_order=step_order,
        latest=version_in(item["latest"]),
        production=version_in(item["production"]),
        labels=item["labels"],
        created_at=moment(item["createdAt"]),
        updated_at=moment(item["updatedAt"]),
        label_moves=item["labelMoves"],
    )


def version_map(version: Version) -> dict[str, Any]:
    return {
        "version": version.version,
        "title": version.title,
        "variables": list(version.variables),
        "includes": list(version.includes),
        "characters": version.characters,
        "digest": version.digest,
        "textId": version.text_id,
        "savedBy": version.saved_by,
        "savedAt": rfc3339(version.saved_at),
    }


def version_in(known: Mapping[str, Any]) -> Version:
    return Version(
        version=known["version"],
        title=known["title"],
        variables=tuple(known["variables"]),
        includes=tuple(known["includes"]),
        characters=known["characters"],
        digest=known["digest"],
        text_id=known["textId"],
        saved_by=known["savedBy"],
        saved_at=moment(known["savedAt"]),
    )


def version_item(prompt_id: str, version: Version) -> Item:
    return {"promptId": prompt_id, "entry": version_entry(version.version), **version_map(version)}


def version_entry(version: int) -> str:
    """Sorts as numbers do."""
    return f"{VERSIONS}{version:08}"


def move_item(prompt_id: str, move: LabelMove) -> Item:
    return {
        "promptId": prompt_id,
        "entry": MOVES + move.move_id,
        "label": move.label,
        "from": move.from_version,
        "to": move.to_version,
        "reason": move.reason,
        "forced": move.forced,
        "movedBy": move.moved_by,
        "movedAt": rfc3339(move.moved_at),
    }


def move_in(item: Item) -> LabelMove:
    return LabelMove(
        move_id=item["entry"].removeprefix(MOVES),
        label=item["label"],
        from_version=item.get("from"),
        to_version=item["to"],
        reason=item.get("reason"),
        forced=item["forced"],
        moved_by=item["movedBy"],
        moved_at=moment(item["movedAt"]),
    )
