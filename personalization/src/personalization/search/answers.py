"""The shapes that clients receive. `shared.json.encoding` writes them; the OpenAPI document is made of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from personalization.content.domain.content import Kind
from shared.http.cursors import Cursors

if TYPE_CHECKING:  # at a cold start, only what a function needs
    from personalization.search.domain.search import HitPage, Query


@dataclass(frozen=True, slots=True)
class HitItem:
    content_id: str
    title: str
    kind: Kind
    score: float
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """POST /search"""

    items: tuple[HitItem, ...]
    next_cursor: str | None


def search_answer(page: "HitPage", query: "Query", cursors: Cursors) -> SearchAnswer:
    position = page.next_position.to_text() if page.next_position else None
    return SearchAnswer(
        items=tuple(
            HitItem(hit.content.content_id, hit.content.title, hit.content.kind, hit.score, hit.why)
            for hit in page.hits
        ),
        next_cursor=cursors.make(query.scope, position),
    )
