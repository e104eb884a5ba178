"""What clients receive of a search."""

from dataclasses import dataclass
from datetime import datetime

from personalization.content.domain.content import Kind
from personalization.search.domain.search import Hit, HitPage, Query
from shared.http.cursors import Cursors


@dataclass(frozen=True, slots=True, kw_only=True)
class HitItem:
    """`starts_at` is null of what is no event."""

    content_id: str
    title: str
    summary: str
    kind: Kind
    starts_at: datetime | None
    url: str | None
    score: float
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    items: tuple[HitItem, ...]
    next_cursor: str | None


def search_answer(page: HitPage, query: Query, cursors: Cursors) -> SearchAnswer:
    position = page.next_position.to_text() if page.next_position else None
    return SearchAnswer(
        items=tuple(map(_item, page.hits)),
        next_cursor=cursors.make(query.scope, position),
    )


def _item(hit: Hit) -> HitItem:
    content = hit.content
    return HitItem(
        content_id=content.content_id,
        title=content.title,
        summary=content.summary,
        kind=content.kind,
        starts_at=content.starts_at,
        url=content.url,
        score=hit.score,
        why=hit.why,
    )
