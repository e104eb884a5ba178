"""The composition root of product search."""

from functools import cache

from commerce import settings
from commerce.catalogue.wiring import cursors, images_url
from commerce.search.adapters.search_engines import finder_at
from commerce.search.domain.searching import Search
from shared.resilience.circuit import CircuitBreaker

__all__ = ["cursors", "images_url", "search"]


@cache
def search() -> Search:
    finder = finder_at(settings.read(settings.Search).search_url)
    return Search(finder, CircuitBreaker(failures=3, open_seconds=5))
