"""Erases the prompts of a project that was removed, with their history and texts."""

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from personalization.prompts.domain.prompts import Deck
from personalization.prompts.domain.sweeping import KeptText
from shared.resilience.deadline import Deadline


class ErasedPrompts(Protocol):
    def deck(self, project_id: str) -> Deck: ...

    def clear(self, prompt_id: str) -> None:
        """Remove the versions and moves of a prompt."""
        ...

    def clear_deck(self, project_id: str) -> None:
        """Remove all prompts of a project."""
        ...


class ErasedTexts(Protocol):
    def kept(self, project_id: str | None = None) -> Iterator[KeptText]:
        """All texts, of a project or of all."""
        ...

    def clear_project(self, project_id: str) -> None: ...


class PromptErasing:
    """Texts go last: what is left of prompts that were removed one by one is found by them."""

    def __init__(self, prompts: ErasedPrompts, texts: ErasedTexts) -> None:
        self._prompts, self._texts = prompts, texts

    def erase_project(self, project_id: str, now: datetime, deadline: Deadline) -> bool:  # noqa: ARG002  the protocol's
        prompt_ids = {prompt.prompt_id for prompt in self._prompts.deck(project_id).prompts}
        prompt_ids |= {text.prompt_id for text in self._texts.kept(project_id)}
        for prompt_id in sorted(prompt_ids):
            if deadline.remaining_seconds <= 0:
                return False
            self._prompts.clear(prompt_id)
        self._prompts.clear_deck(project_id)
        self._texts.clear_project(project_id)
        return True
