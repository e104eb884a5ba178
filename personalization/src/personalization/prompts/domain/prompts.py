"""Prompts of a project: metadata, immutable versions of the text, and the order in which runs go through them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.errors import FieldError, Invalid, NotFound
from shared.idempotency.claims import FirstAnswer

MOST_PROMPTS = 100
MOST_STEP = 1_000_000
PRODUCTION = "production"
LATEST = "latest"
"""Selects the newest version; no label, as it moves by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One save, for good. The text lies elsewhere, under `text_id`; `includes` has a prompt for each inclusion."""

    version: int
    title: str
    variables: tuple[str, ...]
    includes: tuple[str, ...]
    characters: int
    digest: str  # SHA-256 of the text
    text_id: str
    saved_by: str
    saved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelMove:
    """A label went `from` one version (None: from nowhere) `to` another."""

    move_id: str
    label: str
    from_version: int | None
    to_version: int
    reason: str | None
    forced: bool
    moved_by: str
    moved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """Tags and activity are those of the last save, and count at once; text and variables are those of a version."""

    project_id: str
    prompt_id: str
    tags: tuple[str, ...]
    is_active: bool
    step_order: int
    latest: Version
    production: Version
    labels: Mapping[str, int]  # the version that each label points at, production too
    created_at: datetime
    updated_at: datetime
    label_moves: int = 1

    @property
    def version(self) -> int:
        return self.latest.version

    def wanted_version(self, wanted: int | str) -> int:
        """The number of a version, of what a label points at, or of the latest. Raises NotFound."""
        number = wanted if isinstance(wanted, int) else {**self.labels, LATEST: self.version}.get(wanted)
        if number is None or not 1 <= number <= self.version:
            raise NotFound("There is no such version.")
        return number


@dataclass(frozen=True, slots=True)
class Deck:
    """All prompts of a project in their order. `revision` counts what changes the whole: see `Prompts`."""

    project_id: str
    prompts: tuple[Prompt, ...] = ()
    revision: int = 0

    def find(self, prompt_id: str) -> Prompt:
        """Raises NotFound."""
        for prompt in self.prompts:
            if prompt.prompt_id == prompt_id:
                return prompt
        raise NotFound("There is no such prompt.")

    def require_room(self) -> None:
        """Raises Invalid."""
        if len(self.prompts) >= MOST_PROMPTS:
            raise Invalid(f"A project has at most {MOST_PROMPTS} prompts.", [FieldError("body", "is one too many")])

    @property
    def next_step(self) -> int:
        return max((prompt.step_order for prompt in self.prompts), default=0) + 1


class DeckChangedError(Exception):
    """The deck has another revision than the one that was seen."""


@dataclass(frozen=True, slots=True)
class VersionPage:
    items: tuple[Version, ...]
    next_position: str | None


@dataclass(frozen=True, slots=True)
class LabelMovePage:
    items: tuple[LabelMove, ...]
    next_position: str | None


class Prompts(Protocol):
    """Adding and removing a prompt, ordering, and moving `production` make another revision of the deck."""

    def deck(self, project_id: str) -> Deck: ...

    def find(self, project_id: str, prompt_id: str) -> Prompt | None: ...

    def version(self, prompt_id: str, version: int) -> Version | None: ...

    def versions(self, prompt_id: str, after: str | None, limit: int) -> VersionPage:
        """The newest first."""
        ...

    def label_moves(self, prompt_id: str, after: str | None, limit: int) -> LabelMovePage:
        """The newest first."""
        ...

    def add(self, prompt: Prompt, move: LabelMove, seen: Deck, first_answer: FirstAnswer | None) -> None:
        """Raises DeckChangedError; NotFound where the project is gone; KeyInUse."""
        ...

    def save(self, prompt: Prompt, *, is_moved: bool = False) -> None:
        """Write `prompt.latest`, tags, activity and time over the version before. Raises VersionConflict.

        The step is written where it `is_moved`, and makes another revision of the deck then.
        """
        ...

    def move_label(self, prompt: Prompt, move: LabelMove, seen: Deck | None) -> None:
        """Write labels and production. `seen` where production moves.

        Raises VersionConflict where a label has been moved in between; DeckChangedError.
        """
        ...

    def order(self, seen: Deck, steps: Mapping[str, int]) -> None:
        """Give every prompt of the deck its step. Raises DeckChangedError."""
        ...

    def remove(self, prompt: Prompt, seen: Deck) -> None:
        """Gone at once; its versions and moves are left to `clear`. Raises DeckChangedError."""
        ...

    def clear(self, prompt_id: str) -> None:
        """Forget versions and moves of a prompt that is gone."""
        ...


class Texts(Protocol):
    """The texts of prompts. Each is kept under an id of its own, and never changes."""

    def keep(self, project_id: str, prompt_id: str, text: str) -> str:
        """The text's id."""
        ...

    def read(self, project_id: str, prompt_id: str, text_id: str) -> str: ...

    def clear(self, project_id: str, prompt_id: str) -> None:
        """Remove every text of a prompt that is gone."""
        ...


def version_of(prompt: Prompt, wanted: int | str, prompts: Prompts) -> Version:
    """One version of a prompt, by number or label; the prompt itself knows two of them. Raises NotFound."""
    number = prompt.wanted_version(wanted)
    known = next((each for each in (prompt.production, prompt.latest) if each.version == number), None)
    version = known or prompts.version(prompt.prompt_id, number)
    if version is None:
        raise NotFound("There is no such version.")
    return version
