"""The composition root of content."""

from functools import cache

from personalization import settings
from personalization.content.adapters.collection import DynamoCollections
from personalization.content.adapters.content import DynamoContents
from personalization.content.domain.content import Contents
from personalization.content.domain.listing import ContentListing
from shared.http.cursors import Cursors


@cache
def contents() -> Contents:
    return DynamoContents(settings.Content().content_table)


@cache
def listing() -> ContentListing:
    return ContentListing(DynamoCollections(settings.Content().content_table))


@cache
def cursors() -> Cursors:
    return Cursors(settings.CursorKey().cursor_key)
