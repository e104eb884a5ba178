"""The charity's content, as the agent looks pages up in it."""

from collections.abc import Callable
from datetime import datetime

from personalization.content.adapters.collection import DynamoCollections
from personalization.search.domain.search import CurrentIndex
from personalization.search.domain.search_index import Index
from shared.dynamodb.connection import readers


class DynamoPages:
    """Reads the Content table; keeps its index in the warm function."""

    def __init__(self, content_table: str) -> None:
        self._collections, self._index = DynamoCollections(content_table), CurrentIndex()

    def look_up(self, now: datetime) -> Callable[[], Index]:
        """One GetItem, at most every 2 s; if content has changed, a Query per megabyte of it."""
        revision = self._index.revision_to_check(now)
        if revision is None:
            return lambda: self._index.as_it_is
        newer = readers().submit(self._collections.other_than, revision)
        return lambda: self._index.checked(newer.result(), now)
