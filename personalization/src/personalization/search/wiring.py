"""The composition root of search."""

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

from personalization import settings
from personalization.search.adapters.library import DynamoLibrary
from personalization.search.domain.search import Search
from shared.http.cursors import Cursors


@cache
def search() -> Search:
    tables = settings.Search()
    library = DynamoLibrary(tables.users_table, tables.context_table, tables.content_table)
    return Search(library, lambda: datetime.now(UTC), ZoneInfo(settings.Charity().time_zone))


@cache
def cursors() -> Cursors:
    return Cursors(settings.CursorKey().cursor_key)
