"""What clients receive of content."""

from dataclasses import dataclass
from datetime import datetime

from personalization.content.domain.content import Content, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentAnswer:
    content_id: str
    kind: Kind
    title: str
    summary: str
    body: str
    tags: tuple[str, ...]
    url: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    version: int
    updated_at: datetime


def content_answer(content: Content) -> ContentAnswer:
    return ContentAnswer(
        content_id=content.content_id,
        kind=content.kind,
        title=content.title,
        summary=content.summary,
        body=content.body,
        tags=content.tags,
        url=content.url,
        starts_at=content.starts_at,
        ends_at=content.ends_at,
        version=content.version,
        updated_at=content.updated_at,
    )
