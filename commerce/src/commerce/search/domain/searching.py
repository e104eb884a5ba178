"""How customers search, and what becomes of it while the search engine is down."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from commerce.search.domain.finding import Found, ProductFinder, Query
from shared.errors import Unavailable
from shared.resilience.circuit import CircuitBreaker

_NOTHING_BUT_BROWSING = "The search is not available at the moment. Browsing still works: GET /products."


@dataclass(frozen=True, slots=True)
class Search:
    """Asks the search engine, and leaves it alone for a while when it keeps failing."""

    finder: ProductFinder
    breaker: CircuitBreaker

    def find(self, query: Query) -> Found:
        """Raises Unavailable, which says what works instead."""
        with self._guarded():
            return self.finder.find(query)

    def suggest(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Raises Unavailable, which says what works instead."""
        with self._guarded():
            return self.finder.suggest(prefix, limit)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            with self.breaker.guard((Unavailable,)):
                yield
        except Unavailable as error:
            raise Unavailable(_NOTHING_BUT_BROWSING, error.retry_after_seconds) from error
