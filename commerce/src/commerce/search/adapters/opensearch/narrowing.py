"""Filters of a query, and the counts of what else could be chosen: a facet's own filter does not narrow its counts."""

from collections.abc import Mapping
from dataclasses import dataclass

from commerce.search.adapters.opensearch.client import Json
from commerce.search.domain.finding import MOST_FACET_VALUES, PRICE_BANDS, FacetValue, Query

_LARGEST_NUMBER = 2**63 - 1

_COUNTING: Mapping[str, Json] = {
    "category": {"terms": {"field": "category", "size": MOST_FACET_VALUES}},
    "kind": {"terms": {"field": "kind", "size": MOST_FACET_VALUES}},
    "price": {
        "range": {
            "field": "amount",
            "ranges": [
                {"key": band.name, "from": band.least} | ({} if band.most is None else {"to": band.most + 1})
                for band in PRICE_BANDS
            ],
        }
    },
}
FACETS = tuple(_COUNTING)

_ALL = "all"


@dataclass(frozen=True, slots=True)
class Narrowing:
    """`by_facet`: what narrows the products, by the facet that it belongs to."""

    by_facet: Mapping[str, Json]

    @staticmethod
    def of(asked: Query) -> "Narrowing":
        found: dict[str, Json] = {}
        if asked.category is not None:
            found["category"] = {"term": {"category": {"value": asked.category}}}
        if asked.min_price is not None or asked.max_price is not None:
            least = min(asked.min_price or 0, _LARGEST_NUMBER)
            most = _LARGEST_NUMBER if asked.max_price is None else min(asked.max_price, _LARGEST_NUMBER)
            found["price"] = {"range": {"amount": {"gte": least, "lte": most}}}
        return Narrowing(found)

    def filters(self, *, without: str | None = None) -> Json:
        """All of them but that of the facet `without`."""
        return {"bool": {"filter": [each for facet, each in self.by_facet.items() if facet != without]}}

    def counting(self) -> Json:
        """Aggregations over what the words find: filters come after them."""
        return {_ALL: {"filter": {"match_all": {}}}} | {
            facet: {"filter": self.filters(without=facet), "aggs": {"values": counted}}
            for facet, counted in _COUNTING.items()
        }


def without_filters(aggregations: Json) -> int:
    """How many products the words find, whatever their price and category."""
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
