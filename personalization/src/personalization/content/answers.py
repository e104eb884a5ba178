"""What clients receive of content."""

import json
from dataclasses import dataclass, fields
from datetime import datetime

from personalization.content.domain.content import Content, Kind
from personalization.content.domain.listing import ContentPage
from shared.http.cursors import Cursors


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentItem:
    """Content without its text."""

    content_id: str
    kind: Kind
    title: str
    summary: str
    tags: tuple[str, ...]
    url: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    version: int
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentAnswer(ContentItem):
    body: str


@dataclass(frozen=True, slots=True)
class ContentList:
    items: tuple[ContentItem, ...]
    next_cursor: str | None


def content_list_scope(kind: Kind | None, query: str | None) -> str:
    """The scope of cursors of a list."""
    return f"content:{json.dumps([kind, query])}"


def content_list_answer(scope: str, page: ContentPage, cursors: Cursors) -> ContentList:
    return ContentList(tuple(map(_item, page.items)), cursors.make(scope, page.next_position))


def content_answer(content: Content) -> ContentAnswer:
    return _made(ContentAnswer, content)


def _item(content: Content) -> ContentItem:
    return _made(ContentItem, content)


def _made[Answer: ContentItem](answer: type[Answer], content: Content) -> Answer:
    """Fields of answers are called as those of content."""
    return answer(**{each.name: getattr(content, each.name) for each in fields(answer)})
