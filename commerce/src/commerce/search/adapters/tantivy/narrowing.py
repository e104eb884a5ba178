"""Filters of a query, and the counts of what else could be chosen: a facet's own filter does not narrow its counts."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from tantivy import FieldType, Occur, Query, Searcher

from commerce.search.adapters.tantivy.schema import LARGEST_NUMBER, SCHEMA, encodable
from commerce.search.domain.finding import MOST_FACET_VALUES, PRICE_BANDS, FacetValue
from commerce.search.domain.finding import Query as Asked

LIVE = Query.const_score_query(Query.term_query(SCHEMA, "live", 1, index_option="basic"), 0.0)

_MOST_VALUES_COUNTED = 10_000
_BANDS = {band.name: band for band in PRICE_BANDS}
_COUNTING = {
    "category": {"terms": {"field": "category", "size": _MOST_VALUES_COUNTED}},
    "kind": {"terms": {"field": "kind", "size": _MOST_VALUES_COUNTED}},
    "price": {
        "range": {
            "field": "price",
            "ranges": [
                {"key": name, "from": band.least} | ({} if band.most is None else {"to": band.most + 1})
                for name, band in _BANDS.items()
            ],
        }
    },
}
FACETS = tuple(_COUNTING)


@dataclass(frozen=True, slots=True)
class Narrowing:
    """`by_facet`: what narrows the products, by the facet that it belongs to."""

    by_facet: Mapping[str, Query]

    @staticmethod
    def of(asked: Asked) -> "Narrowing":
        found = {}
        if asked.category is not None:
            found["category"] = Query.term_query(SCHEMA, "category", encodable(asked.category), index_option="basic")
        if asked.min_price is not None or asked.max_price is not None:
            least = min(max(asked.min_price or 0, 0), LARGEST_NUMBER)
            most = LARGEST_NUMBER if asked.max_price is None else min(asked.max_price, LARGEST_NUMBER)
            found["price"] = _between(least, most)
        return Narrowing(found)

    def applied(self, words: Query, *, without: str | None = None) -> Query:
        """The products that the words find, narrowed by all filters but the one of the facet `without`."""
        filters = [Query.const_score_query(each, 0.0) for facet, each in self.by_facet.items() if facet != without]
        return Query.boolean_query([(Occur.Must, query) for query in (words, *filters)]) if filters else words

    def counts(self, words: Query, searcher: Searcher) -> dict[str, tuple[FacetValue, ...]]:
        """One pass over what is found, and one more for each filter."""
        found = self._counted(words, [facet for facet in FACETS if facet not in self.by_facet], None, searcher)
        for facet in self.by_facet:
            found |= self._counted(words, [facet], facet, searcher)
        return {facet: found[facet] for facet in FACETS}

    def _counted(
        self, words: Query, facets: Collection[str], without: str | None, searcher: Searcher
    ) -> dict[str, tuple[FacetValue, ...]]:
        asked = {facet: _COUNTING[facet] for facet in facets}
        told = searcher.aggregate(self.applied(words, without=without), asked)
        return {facet: _values(facet, told[facet]["buckets"]) for facet in facets}


def _values(facet: str, buckets: list[dict[str, object]]) -> tuple[FacetValue, ...]:
    counts = {str(bucket["key"]): int(str(bucket["doc_count"])) for bucket in buckets}
    if facet == "price":
        names = [name for name in _BANDS if counts.get(name)]
    else:
        names = sorted(counts, key=lambda name: (-counts[name], name))[:MOST_FACET_VALUES]
    return tuple(FacetValue(name, counts[name]) for name in names)


def _between(least: int, most: int) -> Query:
    if least > most:
        return Query.empty_query()
    return Query.range_query(SCHEMA, "price", FieldType.Unsigned, least, most)
