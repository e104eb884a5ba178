"""Searches the index in a folder."""

from pathlib import Path

import tantivy

from commerce.search.adapters.tantivy.folder import IndexFolder, engine_failures
from commerce.search.adapters.tantivy.highlighting import excerpt, marked
from commerce.search.adapters.tantivy.meaning import Meaning, in_part, strictly, tolerantly
from commerce.search.adapters.tantivy.narrowing import FACETS, LIVE, Narrowing
from commerce.search.adapters.tantivy.schema import product_kept_in, terms
from commerce.search.adapters.tantivy.suggesting import suggestions
from commerce.search.domain.finding import MAX_HITS, Found, Highlight, Hit, Query, Sort, search_terms

_NOTHING = Found((), 0, dict.fromkeys(FACETS, ()))
_EVERYTHING = Meaning(LIVE, LIVE, lambda _: False)
_ORDERS = {
    Sort.NEWEST: ("by_age", tantivy.Order.Desc),
    Sort.CHEAPEST: ("by_price", tantivy.Order.Asc),
    Sort.DEAREST: ("by_price", tantivy.Order.Desc),
}


class TantivyProductFinder:
    """A ProductFinder over a folder that another process may be writing to."""

    def __init__(self, folder: Path) -> None:
        self._folder = IndexFolder(folder)

    def find(self, query: Query) -> Found:
        with engine_failures():
            searcher = self._folder.searcher()
            if not query.words.strip():
                return _found(searcher, query, _EVERYTHING)
            words = [word for text in search_terms(query.words) for word in terms(text)]
            if not words:
                return _NOTHING
            for interpret in (strictly, tolerantly):
                meaning = interpret(words)
                if _finds_anything(searcher, meaning):
                    return _found(searcher, query, meaning)
            return _found(searcher, query, in_part(words))

    def suggest(self, prefix: str, limit: int) -> tuple[str, ...]:
        with engine_failures():
            return suggestions(self._folder.searcher(), prefix, limit)


def _finds_anything(searcher: tantivy.Searcher, meaning: Meaning) -> bool:
    return bool(searcher.search(tantivy.Query.const_score_query(meaning.matching, 0.0), limit=1, count=False).hits)


def _found(searcher: tantivy.Searcher, query: Query, meaning: Meaning) -> Found:
    narrowing = Narrowing.of(query)
    sort = Sort.NEWEST if query.sort is Sort.RELEVANCE and meaning is _EVERYTHING else query.sort
    order_by, order = _ORDERS.get(sort, (None, tantivy.Order.Desc))
    limit = min(query.limit, MAX_HITS - query.offset)
    result = searcher.search(
        narrowing.applied(meaning.matching if order_by else meaning.ranked),
        limit=max(limit, 1),
        offset=query.offset,
        order_by_field=order_by,
        order=order,
    )
    addresses = [address for _, address in result.hits] if limit > 0 else []
    hits = tuple(_hit(searcher.doc(address), meaning) for address in addresses)
    total: int = result.count  # type: ignore[attr-defined]  # tantivy's stub leaves it out
    return Found(hits, total, narrowing.counts(meaning.matching, searcher))


def _hit(document: tantivy.Document, meaning: Meaning) -> Hit:
    product = product_kept_in(document)
    return Hit(product, Highlight(marked(product.name, meaning.finds), excerpt(product.description, meaning.finds)))
