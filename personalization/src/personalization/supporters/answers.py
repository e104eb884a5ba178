"""What staff receive about supporters."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from personalization.supporters.domain.finding import PersonPage
from personalization.supporters.domain.people import Person
from shared.http.cursors import Cursors


@dataclass(frozen=True, slots=True)
class SupporterList:
    items: tuple[Person, ...]
    next_cursor: str | None


def supporters_scope(words: Sequence[str]) -> str:
    """The scope of cursors of a search for these words."""
    return f"supporters:{json.dumps(words)}"


def supporters_answer(words: Sequence[str], page: PersonPage, cursors: Cursors) -> SupporterList:
    return SupporterList(page.items, cursors.make(supporters_scope(words), page.next_position))
