"""Finds products in the index."""

from pathlib import Path

import tantivy

from commerce.adapters.tantivy.folder import IndexFolder, engine_failures
from commerce.adapters.tantivy.highlighting import Finds, excerpt, marked
from commerce.adapters.tantivy.meaning import finder_of, strictly, tolerantly
from commerce.adapters.tantivy.narrowing import FACETS, LIVE, Narrowing
from commerce.adapters.tantivy.schema import product_kept_in, terms
from commerce.adapters.tantivy.suggesting import suggestions
from commerce.domain.search.finding import DEEPEST_HIT, Found, Highlight, Hit, Query, Sort, sought

_NOTHING = Found((), 0, dict.fromkeys(FACETS, ()))
_ORDERS = {
    Sort.NEWEST: ("by_age", tantivy.Order.Desc),
    Sort.CHEAPEST: ("by_price", tantivy.Order.Asc),
    Sort.DEAREST: ("by_price", tantivy.Order.Desc),
}


class TantivyProductFinder:
    """A ProductFinder over a folder that another process may be writing."""

    def __init__(self, folder: Path) -> None:
        self._folder = IndexFolder(folder)

    def find(self, query: Query) -> Found:
        with engine_failures():
            searcher = self._folder.searcher()
            if not query.words.strip():
                sort = Sort.NEWEST if query.sort is Sort.RELEVANCE else query.sort
                return _found(searcher, query, LIVE, sort, lambda _: False)
            words = [word for text in sought(query.words) for word in terms(text)]
            if not words:
                return _NOTHING
            found = _found(searcher, query, strictly(words), query.sort, finder_of(words, tolerant=False))
            if found.total or (query.narrows and _anything(searcher, strictly(words))):
                return found
            return _found(searcher, query, tolerantly(words), query.sort, finder_of(words, tolerant=True))

    def suggest(self, prefix: str, limit: int) -> tuple[str, ...]:
        with engine_failures():
            return suggestions(self._folder.searcher(), prefix, limit)


def _anything(searcher: tantivy.Searcher, query: tantivy.Query) -> bool:
    return bool(searcher.search(query, limit=1, count=False).hits)


def _found(searcher: tantivy.Searcher, asked: Query, words: tantivy.Query, sort: Sort, finds: Finds) -> Found:
    narrowing = Narrowing.of(asked)
    limit = min(asked.limit, DEEPEST_HIT - asked.offset)
    order_by, order = _ORDERS.get(sort, (None, tantivy.Order.Desc))
    result = searcher.search(
        narrowing.applied(words), limit=max(limit, 1), offset=asked.offset, order_by_field=order_by, order=order
    )
    addresses = [address for _, address in result.hits] if limit > 0 else []
    hits = tuple(_hit(searcher.doc(address), finds) for address in addresses)
    total: int = result.count  # type: ignore[attr-defined]  # tantivy's stub leaves it out
    return Found(hits, total, narrowing.counts(words, searcher))


def _hit(document: tantivy.Document, finds: Finds) -> Hit:
    product = product_kept_in(document)
    return Hit(product, Highlight(marked(product.name, finds), excerpt(product.description, finds)))
