"""Filters of a query, and the counts of its facets, which ignore their own filters."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from tantivy import FieldType, Occur, Query, Searcher

from commerce.search.adapters.tantivy.schema import MAX_NUMBER, SCHEMA, encodable
from commerce.search.domain.finding import MAX_FACET_VALUES, PRICE_BANDS, FacetValue
from commerce.search.domain.finding import Query as ProductQuery


def _is(field: str, value: str | int) -> Query:
    return Query.term_query(SCHEMA, field, value, index_option="basic")


LIVE = Query.const_score_query(_is("live", 1), 0.0)
AVAILABLE = _is("available", 1)

_MAX_VALUES_COUNTED = 10_000
_BANDS = {band.name: band for band in PRICE_BANDS}
_COUNTING = {
    "category": {"terms": {"field": "category", "size": _MAX_VALUES_COUNTED}},
    "kind": {"terms": {"field": "kind", "size": _MAX_VALUES_COUNTED}},
    "tag": {"terms": {"field": "tag", "size": _MAX_VALUES_COUNTED}},
    "price": {
        "range": {
            "field": "price",
            "ranges": [
                {"key": name, "from": band.min_amount}
                | ({} if band.max_amount is None else {"to": band.max_amount + 1})
                for name, band in _BANDS.items()
            ],
        }
    },
}
FACETS = tuple(_COUNTING)


@dataclass(frozen=True, slots=True)
class Narrowing:
    """`by_facet`: the filters whose facet ignores them; `always`: the others."""

    by_facet: Mapping[str, Query]
    always: Sequence[Query]

    @staticmethod
    def of(query: ProductQuery) -> "Narrowing":
        filters = {}
        if query.categories:
            filters["category"] = Query.term_set_query(SCHEMA, "category", list(map(encodable, query.categories)))
        if query.kind is not None:
            filters["kind"] = _is("kind", query.kind.value)
        if query.min_price is not None or query.max_price is not None:
            low = min(max(query.min_price or 0, 0), MAX_NUMBER)
            high = MAX_NUMBER if query.max_price is None else min(query.max_price, MAX_NUMBER)
            filters["price"] = _between(low, high)
        always = [_is("tag", encodable(tag)) for tag in query.tags]
        return Narrowing(filters, [*always, AVAILABLE] if query.in_stock else always)

    def applied(self, words: Query, *, without: str | None = None) -> Query:
        """The query for the words with all filters but that of the facet `without`."""
        chosen = [*self.always, *(each for facet, each in self.by_facet.items() if facet != without)]
        filters = [Query.const_score_query(each, 0.0) for each in chosen]
        return Query.boolean_query([(Occur.Must, query) for query in (words, *filters)]) if filters else words

    def counts(self, words: Query, searcher: Searcher) -> dict[str, tuple[FacetValue, ...]]:
        """One pass over the results, and one more for each filter."""
        found = self._counted(words, [facet for facet in FACETS if facet not in self.by_facet], None, searcher)
        for facet in self.by_facet:
            found |= self._counted(words, [facet], facet, searcher)
        return {facet: found[facet] for facet in FACETS}

    def _counted(
        self, words: Query, facets: Collection[str], without: str | None, searcher: Searcher
    ) -> dict[str, tuple[FacetValue, ...]]:
        aggregations = {facet: _COUNTING[facet] for facet in facets}
        result = searcher.aggregate(self.applied(words, without=without), aggregations)
        return {facet: _values(facet, result[facet]["buckets"]) for facet in facets}


def _values(facet: str, buckets: list[dict[str, object]]) -> tuple[FacetValue, ...]:
    counts = {str(bucket["key"]): int(str(bucket["doc_count"])) for bucket in buckets}
    if facet == "price":
        names = [name for name in _BANDS if counts.get(name)]
    else:
        names = sorted(counts, key=lambda name: (-counts[name], name))[:MAX_FACET_VALUES]
    return tuple(FacetValue(name, counts[name]) for name in names)


def _between(low: int, high: int) -> Query:
    if low > high:
        return Query.empty_query()
    return Query.range_query(SCHEMA, "price", FieldType.Unsigned, low, high)
