"""Searches a domain of OpenSearch."""

from opensearchpy import OpenSearch

from commerce.catalogue.adapters.product_documents import product_in
from commerce.search.adapters.opensearch.client import IndexNotFound, Json
from commerce.search.adapters.opensearch.meaning import LISTED, in_part, strictly, tolerantly
from commerce.search.adapters.opensearch.narrowing import FACETS, Narrowing, facets, without_filters
from commerce.search.adapters.opensearch.product_index import ALIAS
from commerce.search.adapters.opensearch.suggesting import suggestions_in
from commerce.search.domain.finding import MAX_HITS, Found, Highlight, Hit, Match, Query, Sort
from commerce.search.domain.reading import read
from commerce.search.domain.suggesting import Suggestion
from shared.errors import Unavailable

_NOTHING = Found((), 0, Match.ALL, dict.fromkeys(FACETS, ()))
_EVERYTHING: Json = {"bool": {"filter": [LISTED]}}
_INTERPRETATIONS = {Match.ALL: strictly, Match.SIMILAR: tolerantly, Match.SOME: in_part}

# the id last, so that the order does not change from page to page
_ORDERS: dict[Sort, list[Json]] = {
    Sort.RELEVANCE: [{"available": "desc"}, {"_score": "desc"}, {"createdAt": "desc"}, {"productId": "asc"}],
    Sort.NEWEST: [{"createdAt": "desc"}, {"productId": "asc"}],
    Sort.CHEAPEST: [{"amount": "asc"}, {"productId": "asc"}],
    Sort.DEAREST: [{"amount": "desc"}, {"productId": "asc"}],
    Sort.NAME: [{"sortName": "asc"}],
    Sort.NAME_BACKWARDS: [{"sortName": "desc"}],
    Sort.AVAILABILITY: [{"available": "desc"}, {"createdAt": "desc"}, {"productId": "asc"}],
}

_WHOLE, _AROUND = {"number_of_fragments": 0}, {"number_of_fragments": 1, "fragment_size": 200}
_HIGHLIGHT = {
    "encoder": "html",
    "pre_tags": ["<em>"],
    "post_tags": ["</em>"],
    "require_field_match": False,  # matches by spelling are in a field of all spellings
    "fields": {
        "name": _WHOLE,
        "name.spelling": _WHOLE,
        "description": _AROUND,
        "description.spelling": _AROUND,
    },
}


class OpenSearchProductFinder:
    def __init__(self, client: OpenSearch) -> None:
        self._client = client

    def find(self, query: Query) -> Found:
        """One request; a second if no product matches strictly, a third if none matches tolerantly."""
        if not query.words.strip():
            sort = Sort.AVAILABILITY if query.sort is Sort.RELEVANCE else query.sort
            return _found(self._search(query, _EVERYTHING, sort), Match.ALL)
        reading = read(query.words)
        if reading is None:
            return _NOTHING
        for match, interpret in _INTERPRETATIONS.items():
            answer = self._search(query, interpret(reading), query.sort)
            if without_filters(answer["aggregations"]):
                return _found(answer, match)
        return _NOTHING

    def suggest(self, prefix: str, limit: int) -> tuple[Suggestion, ...]:
        """One request."""
        return suggestions_in(self._request, prefix, limit)

    def _search(self, query: Query, words: Json, sort: Sort) -> Json:
        narrowing = Narrowing.of(query)
        size = max(0, min(query.limit, MAX_HITS - query.offset))
        return self._request(
            {
                "query": words,
                "post_filter": narrowing.filters(),
                "aggs": narrowing.counting(),
                "sort": _ORDERS[sort],
                "from": query.offset if size else 0,
                "size": size,
                "track_total_hits": True,
                "highlight": _HIGHLIGHT,
            }
        )

    def _request(self, search: Json) -> Json:
        try:
            # By default, only requests without hits are cached: what matches, and its facets, until the index changes.
            found: Json = self._client.search(index=ALIAS, body=search, params={"request_cache": "true"})
        except IndexNotFound as error:
            raise Unavailable("There is no search index yet.", retry_after_seconds=60) from error
        return found


def _found(answer: Json, match: Match) -> Found:
    """Raises Unavailable for a document that another release has written."""
    try:
        hits = tuple(
            Hit(product_in(hit["_source"]), _highlight(hit.get("highlight", {}))) for hit in answer["hits"]["hits"]
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Unavailable("The search index is of another release and has to be rebuilt.") from error
    return Found(hits, answer["hits"]["total"]["value"], match, facets(answer["aggregations"]))


def _highlight(marked: Json) -> Highlight:
    """Of the two forms of a field, the one with more matches: stems, or spellings."""
    name, description = (
        max(
            (marked[field][0] for field in fields if field in marked), key=lambda text: text.count("<em>"), default=None
        )
        for fields in (("name", "name.spelling"), ("description", "description.spelling"))
    )
    return Highlight(name, description)
