"""Removes what nothing points at: texts whose save failed halfway, and leftovers of removed prompts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Protocol

from personalization.prompts.domain.prompts import Prompt
from shared.resilience.deadline import Deadline

MIN_AGE = timedelta(days=1)
"""A younger text may belong to a save that is still going on."""


@dataclass(frozen=True, slots=True)
class KeptText:
    project_id: str
    prompt_id: str
    text_id: str
    kept_at: datetime


@dataclass(frozen=True, slots=True)
class Swept:
    """`is_complete` unless time ran out; the next sweep starts from the beginning."""

    texts_seen: int
    texts_removed: int
    is_complete: bool


class SweptPrompts(Protocol):
    def find(self, project_id: str, prompt_id: str) -> Prompt | None: ...

    def text_ids(self, prompt_id: str) -> frozenset[str]:
        """The texts that the prompt's versions point at."""
        ...

    def clear(self, prompt_id: str) -> None:
        """Remove the versions and moves of a prompt."""
        ...


class SweptTexts(Protocol):
    def kept(self) -> Iterator[KeptText]:
        """All texts, grouped by prompt."""
        ...

    def remove(self, texts: Sequence[KeptText]) -> None: ...


class Sweeper:
    """Removes texts last, as leftovers are found by them: what a sweep does not finish, the next one does."""

    def __init__(self, prompts: SweptPrompts, texts: SweptTexts) -> None:
        self._prompts, self._texts = prompts, texts

    def sweep(self, now: datetime, deadline: Deadline) -> Swept:
        """Go through all texts, as long as there is time."""
        seen = removed = 0
        for (project_id, prompt_id), group in groupby(
            self._texts.kept(), lambda text: (text.project_id, text.prompt_id)
        ):
            if deadline.remaining_seconds <= 0:
                return Swept(seen, removed, is_complete=False)
            texts = list(group)
            seen += len(texts)
            old = [text for text in texts if now - text.kept_at >= MIN_AGE]
            leftover = self._leftovers(project_id, prompt_id, old) if old else []
            if leftover:
                self._texts.remove(leftover)
                removed += len(leftover)
        return Swept(seen, removed, is_complete=True)

    def _leftovers(self, project_id: str, prompt_id: str, texts: Sequence[KeptText]) -> Sequence[KeptText]:
        """Those of a prompt's texts that nothing needs; removes rows that nothing needs."""
        if self._prompts.find(project_id, prompt_id) is None:
            self._prompts.clear(prompt_id)
            return texts
        needed = self._prompts.text_ids(prompt_id)
        return [text for text in texts if text.text_id not in needed]
