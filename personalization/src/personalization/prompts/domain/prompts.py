"""A project's prompts: metadata, immutable versions of the text, and the order of steps in a run."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.errors import FieldError, Invalid, NotFound
from shared.idempotency.claims import FirstAnswer

MAX_PROMPTS = 100
MAX_STEP = 1_000_000
LABEL, LABEL_IN_WORDS = r"[a-z][a-z0-9-]{0,31}", "1 to 32 small letters, digits and -, the first of them a letter"
PRODUCTION = "production"
LATEST = "latest"
"""Selects the newest version. Not a label, as it cannot be moved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One save, immutable. The text is stored elsewhere, under `text_id`; `includes` names a prompt per inclusion."""

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
    """A label was moved from one version to another; `from_version` is None for a new label, `to_version` if removed.

    `forced`: although the version had not passed the project's cases.
    """

    move_id: str
    label: str
    from_version: int | None
    to_version: int | None
    reason: str | None
    forced: bool
    moved_by: str
    moved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """Tags and `is_active` take effect with each save; text and variables belong to a version."""

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

    def version_number(self, selector: int | str) -> int:
        """The number of a version, given as such, as a label or as `latest`. Raises NotFound."""
        number = selector if isinstance(selector, int) else {**self.labels, LATEST: self.version}.get(selector)
        if number is None or not 1 <= number <= self.version:
            raise NotFound("There is no such version.")
        return number


@dataclass(frozen=True, slots=True)
class Deck:
    """All prompts of a project in order. `revision` counts the changes of the whole: see `Prompts`."""

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
        if len(self.prompts) >= MAX_PROMPTS:
            raise Invalid(
                f"A project has at most {MAX_PROMPTS} prompts: remove one first.",
                [FieldError("body", f"would be more than {MAX_PROMPTS} prompts")],
            )

    @property
    def next_step(self) -> int:
        return max((prompt.step_order for prompt in self.prompts), default=0) + 1


class DeckChangedError(Exception):
    """The deck is no longer at the revision that was read."""


@dataclass(frozen=True, slots=True)
class VersionPage:
    items: tuple[Version, ...]
    next_position: str | None


@dataclass(frozen=True, slots=True)
class LabelMovePage:
    items: tuple[LabelMove, ...]
    next_position: str | None


class Prompts(Protocol):
    """Adding, removing and ordering prompts, and moving `production`, make a new revision of the deck.

    These changes, and switching a prompt on or off, count in the project's `cards_version`. Each of them raises
    NotFound if the project is gone.
    """

    def deck(self, project_id: str) -> Deck: ...

    def find(self, project_id: str, prompt_id: str) -> Prompt | None: ...

    def version(self, prompt_id: str, version: int) -> Version | None: ...

    def versions(self, prompt_id: str, after: str | None, limit: int) -> VersionPage:
        """The newest first."""
        ...

    def label_moves(self, prompt_id: str, after: str | None, limit: int) -> LabelMovePage:
        """The newest first."""
        ...

    def has_been(self, prompt_id: str, label: str, version: int) -> bool:
        """Whether the label was ever moved to this version."""
        ...

    def add(self, prompt: Prompt, move: LabelMove, seen: Deck, first_answer: FirstAnswer | None) -> None:
        """Raises DeckChangedError; KeyInUse."""
        ...

    def save(self, prompt: Prompt, *, is_moved: bool = False, is_switched: bool = False) -> None:
        """Replace the previous version, tags and `is_active`, which has changed if `is_switched`.

        If `is_moved`, its step is written too, which makes a new revision of the deck. Raises VersionConflict.
        """
        ...

    def move_label(self, prompt: Prompt, move: LabelMove, seen: Deck | None) -> None:
        """Write the labels, and with `seen` production too.

        Raises VersionConflict if a label has been moved in between; DeckChangedError.
        """
        ...

    def order(self, seen: Deck, steps: Mapping[str, int]) -> None:
        """Set the step of every prompt of the deck. Raises DeckChangedError."""
        ...

    def remove(self, prompt: Prompt, seen: Deck) -> None:
        """Remove the prompt; its versions and moves are left to `clear`. Raises DeckChangedError."""
        ...

    def clear(self, prompt_id: str) -> None:
        """Remove the versions and moves of a prompt that is gone."""
        ...


class Texts(Protocol):
    """The texts of prompts. Each has an id of its own, and never changes."""

    def keep(self, project_id: str, prompt_id: str, text: str) -> str:
        """The text's id."""
        ...

    def read(self, project_id: str, prompt_id: str, text_id: str) -> str: ...

    def clear(self, project_id: str, prompt_id: str) -> None:
        """Remove all texts of a prompt that is gone."""
        ...


def version_of(prompt: Prompt, selector: int | str, prompts: Prompts) -> Version:
    """One version of a prompt, by number or label; two of them come with the prompt itself. Raises NotFound."""
    number = prompt.version_number(selector)
    loaded = next((each for each in (prompt.production, prompt.latest) if each.version == number), None)
    version = loaded or prompts.version(prompt.prompt_id, number)
    if version is None:
        raise NotFound("There is no such version.")
    return version
