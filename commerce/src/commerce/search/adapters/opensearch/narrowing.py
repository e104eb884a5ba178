"""Filters of a query, and the counts of its facets, which ignore their own filters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from commerce.search.adapters.opensearch.client import Json
from commerce.search.adapters.opensearch.documents import normalized
from commerce.search.domain.finding import MAX_FACET_VALUES, PRICE_BANDS, FacetValue, Query

AVAILABLE: Json = {"term": {"available": True}}

_MAX_NUMBER = 2**63 - 1

_COUNTING: Mapping[str, Json] = {
    "category": {"terms": {"field": "category", "size": MAX_FACET_VALUES}},
    "kind": {"terms": {"field": "kind", "size": MAX_FACET_VALUES}},
    "tag": {"terms": {"field": "tags.whole", "size": MAX_FACET_VALUES}},
    "price": {
        "range": {
            "field": "amount",
            "ranges": [
                {"key": band.name, "from": band.min_amount}
                | ({} if band.max_amount is None else {"to": band.max_amount + 1})
                for band in PRICE_BANDS
            ],
        }
    },
}
FACETS = tuple(_COUNTING)

_ALL = "all"


@dataclass(frozen=True, slots=True)
class Narrowing:
    """`by_facet`: the filters whose facet ignores them; `always`: the others."""

    by_facet: Mapping[str, Json]
    always: Sequence[Json]

    @staticmethod
    def of(query: Query) -> "Narrowing":
        filters: dict[str, Json] = {}
        if query.categories:
            filters["category"] = {"terms": {"category": query.categories}}
        if query.kind is not None:
            filters["kind"] = {"term": {"kind": query.kind}}
        if query.min_price is not None or query.max_price is not None:
            low = min(query.min_price or 0, _MAX_NUMBER)
            high = _MAX_NUMBER if query.max_price is None else min(query.max_price, _MAX_NUMBER)
            filters["price"] = {"range": {"amount": {"gte": low, "lte": high}}}
        always: list[Json] = [{"term": {"tags.whole": normalized(tag)}} for tag in query.tags]
        return Narrowing(filters, [*always, AVAILABLE] if query.in_stock else always)

    def filters(self, *, without: str | None = None) -> Json:
        """All filters but that of the facet `without`."""
        chosen = (each for facet, each in self.by_facet.items() if facet != without)
        return {"bool": {"filter": [*self.always, *chosen]}}

    def counting(self) -> Json:
        """Aggregations over what the words match: post_filter comes after them."""
        return {_ALL: {"filter": {"match_all": {}}}} | {
            facet: {"filter": self.filters(without=facet), "aggs": {"values": counted}}
            for facet, counted in _COUNTING.items()
        }


def without_filters(aggregations: Json) -> int:
    """How many products match the words, before filters."""
    return int(aggregations[_ALL]["doc_count"])


def facets(aggregations: Json) -> dict[str, tuple[FacetValue, ...]]:
    return {
        facet: tuple(
            FacetValue(bucket["key"], bucket["doc_count"])
            for bucket in aggregations[facet]["values"]["buckets"]
            if bucket["doc_count"]
        )
        for facet in FACETS
    }
