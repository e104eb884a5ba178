"""What clients receive of a search."""

from dataclasses import dataclass

from personalization.content.domain.content import Kind
from personalization.search.domain.search import HitPage, Query
from shared.http.cursors import Cursors


@dataclass(frozen=True, slots=True)
class HitItem:
    content_id: str
    title: str
    kind: Kind
    score: float
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    items: tuple[HitItem, ...]
    next_cursor: str | None


def search_answer(page: HitPage, query: Query, cursors: Cursors) -> SearchAnswer:
    position = page.next_position.to_text() if page.next_position else None
    return SearchAnswer(
        items=tuple(
            HitItem(hit.content.content_id, hit.content.title, hit.content.kind, hit.score, hit.why)
            for hit in page.hits
        ),
        next_cursor=cursors.make(query.scope, position),
    )
