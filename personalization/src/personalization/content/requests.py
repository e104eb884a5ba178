"""What staff send of content."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, ValidationInfo, field_validator

from personalization.content.domain.content import Content, Kind
from shared.http.fields import DISTINCT, NOT_NULL, Body, Line, Moment, Version, written
from shared.http.forms import Form
from shared.http.parameters import new_path_id

CONTENT_ID = new_path_id("contentId", r"[A-Za-z0-9_-]{1,64}", "1 to 64 letters, digits, - and _")


class PutContent(Body):
    """`version` is the one that was read: its tags, url and endsAt stay if left out. Without it, the content is new."""

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"properties": {"kind": {"const": "event"}}},
            "then": {"required": ["startsAt"], "properties": {"startsAt": {"type": "string"}}},
            "else": {"properties": {"startsAt": {"type": "null"}, "endsAt": {"type": "null"}}},
        }
    )
    MAX_BODY_BYTES = 256 * 1024  # the longest content, with every character escaped

    kind: Literal["campaign", "research", "event", "way-to-help"]
    title: Annotated[str, Line(200)]
    summary: Annotated[str, Field(min_length=1, max_length=500), AfterValidator(written)]
    body: Annotated[str, Field(min_length=1, max_length=20_000), AfterValidator(written)]
    tags: Annotated[Annotated[list[Annotated[str, Line(40)]], Field(max_length=20), DISTINCT] | None, NOT_NULL] = None
    url: (
        Annotated[str, Form(r"https://[!-~]{1,492}", "an https:// URL of at most 500 characters, encoded in ASCII")]
        | None
    ) = None
    starts_at: Annotated[Moment | None, Field(validate_default=True)] = None
    ends_at: Moment | None = None
    version: Version | None = None

    @field_validator("starts_at", "ends_at")
    @classmethod
    def _only_events_have_times(cls, at: datetime | None, info: ValidationInfo) -> datetime | None:
        if at is not None and info.data.get("kind", "event") != "event":
            raise ValueError("must be left out: only events have times")
        return at

    @field_validator("starts_at")
    @classmethod
    def _events_start(cls, starts_at: datetime | None, info: ValidationInfo) -> datetime | None:
        if starts_at is None and info.data.get("kind") == "event":
            raise ValueError("is required of an event")
        return starts_at

    @field_validator("ends_at")
    @classmethod
    def _not_before_the_start(cls, ends_at: datetime | None, info: ValidationInfo) -> datetime | None:
        starts_at = info.data.get("starts_at")
        if ends_at and starts_at and ends_at < starts_at:
            raise ValueError("must not be before startsAt")
        return ends_at

    def to_content(self, content_id: str, before: Content | None, now: datetime) -> Content:
        """What replaces `before`, if that is not None."""
        left_out = PutContent.model_fields.keys() - self.model_fields_set
        return Content(
            content_id=content_id,
            kind=Kind(self.kind),
            title=self.title,
            summary=self.summary,
            body=self.body,
            tags=before.tags if before and "tags" in left_out else tuple(self.tags or ()),
            url=before.url if before and "url" in left_out else self.url,
            starts_at=self.starts_at,
            ends_at=before.ends_at if before and "ends_at" in left_out and self.kind == "event" else self.ends_at,
            updated_at=now,
        )
