"""Product search behind a circuit breaker."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from commerce.search.domain.finding import Found, ProductFinder, Query
from commerce.search.domain.suggesting import Suggestion
from shared.errors import Unavailable
from shared.resilience.circuit import CircuitBreaker

_UNAVAILABLE = "Search is not available at the moment. Browsing still works: GET /products."


@dataclass(frozen=True, slots=True)
class Search:
    """Stops calling a search engine that keeps failing, for a while."""

    finder: ProductFinder
    breaker: CircuitBreaker

    def find(self, query: Query) -> Found:
        """Raises Unavailable, whose message names the alternative."""
        with self._guarded():
            return self.finder.find(query)

    def suggest(self, prefix: str, limit: int) -> tuple[Suggestion, ...]:
        """Raises Unavailable, whose message names the alternative."""
        with self._guarded():
            return self.finder.suggest(prefix, limit)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            with self.breaker.guard((Unavailable,)):
                yield
        except Unavailable as error:
            raise Unavailable(_UNAVAILABLE, error.retry_after_seconds) from error
