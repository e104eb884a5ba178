"""The composition root of content."""

from functools import cache

from personalization import settings
from personalization.content.adapters.content import DynamoContents
from personalization.content.domain.content import Contents


@cache
def contents() -> Contents:
    return DynamoContents(settings.Content().content_table)
