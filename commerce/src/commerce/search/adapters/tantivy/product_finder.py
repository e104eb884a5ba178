"""Searches the index in a folder."""

from pathlib import Path

import tantivy

from commerce.search.adapters.tantivy.folder import IndexFolder, engine_failures
from commerce.search.adapters.tantivy.highlighting import excerpt, marked
from commerce.search.adapters.tantivy.meaning import EVERYTHING, Meaning, in_part, strictly, tolerantly
from commerce.search.adapters.tantivy.narrowing import FACETS, Narrowing
from commerce.search.adapters.tantivy.schema import product_kept_in
from commerce.search.adapters.tantivy.suggesting import suggestions_in
from commerce.search.domain.finding import MAX_HITS, Found, Highlight, Hit, Match, Query, Sort
from commerce.search.domain.reading import read
from commerce.search.domain.suggesting import Suggestion

_NOTHING = Found((), 0, Match.ALL, dict.fromkeys(FACETS, ()))
_INTERPRETATIONS = {Match.ALL: strictly, Match.SIMILAR: tolerantly, Match.SOME: in_part}
_ORDERS = {
    Sort.NEWEST: ("by_age", tantivy.Order.Desc),
    Sort.CHEAPEST: ("by_price", tantivy.Order.Asc),
    Sort.DEAREST: ("by_price", tantivy.Order.Desc),
    Sort.NAME: ("by_name", tantivy.Order.Asc),
    Sort.NAME_BACKWARDS: ("by_name", tantivy.Order.Desc),
    Sort.AVAILABILITY: ("by_availability", tantivy.Order.Desc),
}


class TantivyProductFinder:
    """A ProductFinder over a folder that another process may be writing to."""

    def __init__(self, folder: Path) -> None:
        self._folder = IndexFolder(folder)

    def find(self, query: Query) -> Found:
        with engine_failures():
            searcher = self._folder.searcher()
            if not query.words.strip():
                return _found(searcher, query, EVERYTHING, Match.ALL)
            reading = read(query.words)
            if reading is None:
                return _NOTHING
            for match, interpret in _INTERPRETATIONS.items():
                meaning = interpret(reading)
                if _finds_anything(searcher, meaning):
                    return _found(searcher, query, meaning, match)
            return _NOTHING

    def suggest(self, prefix: str, limit: int) -> tuple[Suggestion, ...]:
        with engine_failures():
            return suggestions_in(self._folder.searcher(), prefix, limit)


def _finds_anything(searcher: tantivy.Searcher, meaning: Meaning) -> bool:
    return bool(searcher.search(tantivy.Query.const_score_query(meaning.matching, 0.0), limit=1, count=False).hits)


def _found(searcher: tantivy.Searcher, query: Query, meaning: Meaning, match: Match) -> Found:
    narrowing = Narrowing.of(query)
    sort = Sort.AVAILABILITY if query.sort is Sort.RELEVANCE and meaning is EVERYTHING else query.sort
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
    return Found(hits, total, match, narrowing.counts(meaning.matching, searcher))


def _hit(document: tantivy.Document, meaning: Meaning) -> Hit:
    product = product_kept_in(document)
    return Hit(product, Highlight(marked(product.name, meaning.finds), excerpt(product.description, meaning.finds)))
