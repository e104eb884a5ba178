"""Searches as the shop's figures count them."""

from datetime import datetime
from typing import Protocol

from commerce.search.domain.finding import Found, Query
from shared.errors import Unavailable
from shared.figures.tallies import Counts
from shared.observability.logs import logger


class SearchFigures(Protocol):
    def add(self, at: datetime, counts: Counts) -> None:
        """Raises Unavailable."""
        ...


def counted(query: Query, found: Found, figures: SearchFigures, now: datetime) -> Found:
    """Count what has words, without its further pages. A customer's search does not fail for it."""
    if not query.offset and query.words.strip():
        _count(found, figures, now)
    return found


def _count(found: Found, figures: SearchFigures, now: datetime) -> None:
    try:
        figures.add(now, {"searches": 1, "searchesWithoutResult": int(not found.total)})
    except Unavailable:
        logger.warning("search not counted")
