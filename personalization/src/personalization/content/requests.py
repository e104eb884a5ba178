"""What staff send of content."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from personalization.content.domain.content import Content, Kind
from shared.http.fields import Body, Moment, distinct, printed, written


class PutContent(Body):
    """`version` is the one that was read; without it, the content is new."""

    MAX_BODY_BYTES = 256 * 1024  # the longest content, with every character escaped

    kind: Literal["campaign", "research", "event", "way-to-help"]
    title: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(printed)]
    summary: Annotated[str, Field(min_length=1, max_length=500), AfterValidator(written)]
    body: Annotated[str, Field(min_length=1, max_length=20_000), AfterValidator(written)]
    tags: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=40), AfterValidator(printed)]],
        Field(max_length=20),
        AfterValidator(distinct),
    ] = []
    url: Annotated[str, Field(max_length=500, pattern=r"^https://[!-~]+$")] | None = None
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    version: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _only_events_have_times(self) -> "PutContent":
        if (self.kind == "event") != (self.starts_at is not None):
            raise ValueError("must have startsAt if it is an event, and must not have it otherwise")
        if self.ends_at and not (self.starts_at and self.starts_at <= self.ends_at):
            raise ValueError("must not have endsAt before startsAt, or without it")
        return self

    def to_content(self, content_id: str, now: datetime) -> Content:
        return Content(
            content_id=content_id,
            kind=Kind(self.kind),
            title=self.title,
            summary=self.summary,
            body=self.body,
            tags=tuple(self.tags),
            url=self.url,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            updated_at=now,
        )
