"""The Content table: one partition of content; others count its changes and keep the versions of what was removed."""

from typing import Self

from pynamodb.attributes import UnicodeAttribute

from personalization.content.domain.content import Content, Kind
from shared.dynamodb.attributes import IntegerAttribute, MomentAttribute, TextsAttribute, ZonedMomentAttribute
from shared.dynamodb.records import Record

COLLECTION = "content"
# A partition of its own: whoever reads the collection gets content and nothing else.
REVISION_KEY = "revisions", COLLECTION
_REMOVED = "removed"


class ContentRecord(Record):
    collection = UnicodeAttribute(hash_key=True)
    content_id = UnicodeAttribute(range_key=True, attr_name="contentId")
    kind = UnicodeAttribute()
    title = UnicodeAttribute()
    summary = UnicodeAttribute()
    body = UnicodeAttribute()
    tags = TextsAttribute()
    url = UnicodeAttribute(null=True)
    starts_at = ZonedMomentAttribute(null=True, attr_name="startsAt")
    ends_at = ZonedMomentAttribute(null=True, attr_name="endsAt")
    version = IntegerAttribute()
    updated_at = MomentAttribute(attr_name="updatedAt")

    @classmethod
    def of(cls, content: Content) -> Self:
        return cls(
            COLLECTION,
            content.content_id,
            kind=content.kind.value,
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

    def to_content(self) -> Content:
        return Content(
            content_id=self.content_id,
            kind=Kind(self.kind),
            title=self.title,
            summary=self.summary,
            body=self.body,
            tags=self.tags,
            url=self.url,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            version=self.version,
            updated_at=self.updated_at,
        )


class RevisionRecord(Record):
    """How often the collection has changed."""

    collection = UnicodeAttribute(hash_key=True)
    content_id = UnicodeAttribute(range_key=True, attr_name="contentId")
    revision = IntegerAttribute()


class RemovedRecord(Record):
    """The last version of content that was removed."""

    collection = UnicodeAttribute(hash_key=True)
    content_id = UnicodeAttribute(range_key=True, attr_name="contentId")
    version = IntegerAttribute()

    @classmethod
    def of(cls, content_id: str, version: int | None = None) -> Self:
        return cls(_REMOVED, content_id, version=version)
