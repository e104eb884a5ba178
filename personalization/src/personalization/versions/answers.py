"""What clients receive about versions and labels."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from personalization.prompts.domain.prompts import LabelMove, Prompt, VersionPage
from personalization.versions.domain.promotion import LabelsView
from shared.http.cursors import Cursors


@dataclass(frozen=True, slots=True, kw_only=True)
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
    items: tuple[VersionItem, ...]
    next_cursor: str | None


def history_scope(kind: str, prompt_id: str) -> str:
    """The scope of cursors of a prompt's versions, or label moves,."""
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


@dataclass(frozen=True, slots=True)
class LabelsAnswer:
    """`labels` are the versions that they point at now, `items` their moves, newest first."""

    labels: Mapping[str, int]
    items: tuple[LabelMove, ...]
    next_cursor: str | None


def labels_answer(prompt_id: str, view: LabelsView, cursors: Cursors) -> LabelsAnswer:
    next_cursor = cursors.make(history_scope("labels", prompt_id), view.moves.next_position)
    return LabelsAnswer(view.labels, view.moves.items, next_cursor)
