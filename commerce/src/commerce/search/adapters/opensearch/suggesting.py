"""Suggestions while typing."""

from collections.abc import Callable

from commerce.search.adapters.opensearch.client import Json
from commerce.search.adapters.opensearch.documents import name_words, whole_name
from commerce.search.adapters.opensearch.meaning import beginning, strictly
from commerce.search.adapters.opensearch.template import MAX_WORD_LENGTH
from commerce.search.domain.finding import MAX_WORDS
from shared.text.words import STOP_WORDS, words

_MAX_NAMES_READ = 50  # of products that match: several may have the same name


def suggestions(search: Callable[[Json], Json], typed: str, limit: int) -> tuple[str, ...]:
    """Up to half of them completed words, the most frequent first; then names with this prefix; then other names."""
    *before, last = words(typed) or [""]
    if not last or limit < 1:
        return ()
    answer = search(_search(before, last, limit))
    head = [written for _, written in name_words(typed)][: -1 if before else 0]

    by_term: dict[str, str] = {}
    for bucket in answer["aggregations"]["words"]["buckets"]:
        term, _, written = bucket["key"].partition(" ")
        by_term.setdefault(term, " ".join([*head, written]))
    names = [hit["_source"]["name"] for hit in answer["hits"]["hits"]]
    found: dict[str, str] = {}
    for suggestion in [*list(by_term.values())[: (limit + 1) // 2], *names]:
        found.setdefault(suggestion.casefold(), suggestion)
    return tuple(found.values())[:limit]


def _search(before: list[str], last: str, limit: int) -> Json:
    context = list(dict.fromkeys(word for word in before if word not in STOP_WORDS))[:MAX_WORDS]
    has_prefix = {"prefix": {"wholeName": {"value": whole_name(" ".join([*before, last]))}}}
    return {
        "query": {
            "bool": {
                "filter": [strictly(context), beginning("name.spelling", last)],
                "should": [{"constant_score": {"filter": has_prefix, "boost": 1.0}}],
                "minimum_should_match": 0,
            }
        },
        "sort": [{"_score": "desc"}, {"createdAt": "desc"}, {"productId": "asc"}],
        "size": _MAX_NAMES_READ,
        "_source": ["name"],
        "track_total_hits": False,
        # the pattern has letters, marks and digits only: anything else separates words
        "aggs": {
            "words": {"terms": {"field": "nameWords", "include": f"{last[:MAX_WORD_LENGTH]}.*", "size": 2 * limit}}
        },
    }
