"""How customers search: what they may ask, and what becomes of it while the search engine is down."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from commerce.domain.search.finding import Found, ProductFinder, Query, Sort
from shared.circuit import CircuitBreaker
from shared.errors import FieldError, Invalid, Unavailable

_NOTHING_BUT_BROWSING = "The search is not available at the moment. Browsing still works: GET /products."


def query_of(
    words: str | None, category: str | None, sort: str | None, min_price: int | None, max_price: int | None
) -> Query:
    """The beginning of a search. Raises Invalid."""
    if sort is not None and sort not in set(Sort):
        message = f"is one of {', '.join(Sort)}"
        raise Invalid(f"sort {message}.", [FieldError("sort", message)])
    if min_price is not None and max_price is not None and min_price > max_price:
        raise Invalid("minPrice is above maxPrice.", [FieldError("minPrice", "is above maxPrice")])
    chosen = Sort(sort) if sort else Sort.RELEVANCE
    return Query(words=words or "", category=category, min_price=min_price, max_price=max_price, sort=chosen)


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
