"""What staff receive about supporters."""

import json
from dataclasses import dataclass

from shared.http.cursors import Cursors
from shared.people.finding import PersonPage
from shared.people.person import Person


@dataclass(frozen=True, slots=True)
class SupporterList:
    items: tuple[Person, ...]
    next_cursor: str | None


def supporters_scope(query: str | None) -> str:
    """The scope of cursors of a search."""
    return f"supporters:{json.dumps(query)}"


def supporters_answer(query: str | None, page: PersonPage, cursors: Cursors) -> SupporterList:
    return SupporterList(page.items, cursors.make(supporters_scope(query), page.next_position))
