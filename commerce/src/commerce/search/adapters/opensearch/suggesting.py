"""How what was typed so far may go on."""

from collections.abc import Callable

from commerce.search.adapters.opensearch.client import Json
from commerce.search.adapters.opensearch.documents import name_words, whole_name
from commerce.search.adapters.opensearch.meaning import beginning, strictly
from commerce.search.adapters.opensearch.template import LONGEST_WORD
from commerce.search.domain.finding import MOST_WORDS
from shared.text.words import PASSING, words

_MOST_NAMES_READ = 50  # of products that have the words: several may bear one name


def suggestions(search: Callable[[Json], Json], typed: str, limit: int) -> tuple[str, ...]:
    """Half of them words, those of most products first; then names that begin like this; then other names."""
    *before, last = words(typed) or [""]
    if not last or limit < 1:
        return ()
    answer = search(_asked(before, last, limit))
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


def _asked(before: list[str], last: str, limit: int) -> Json:
    meant = list(dict.fromkeys(word for word in before if word not in PASSING))[:MOST_WORDS]
    begins_alike = {"prefix": {"wholeName": {"value": whole_name(" ".join([*before, last]))}}}
    return {
        "query": {
            "bool": {
                "filter": [strictly(meant), beginning("name.spelling", last)],
                "should": [{"constant_score": {"filter": begins_alike, "boost": 1.0}}],
                "minimum_should_match": 0,
            }
        },
        "sort": [{"_score": "desc"}, {"createdAt": "desc"}, {"productId": "asc"}],
        "size": _MOST_NAMES_READ,
        "_source": ["name"],
        "track_total_hits": False,
        # the pattern is of letters and digits: whatever else was typed is between words
        "aggs": {"words": {"terms": {"field": "nameWords", "include": f"{last[:LONGEST_WORD]}.*", "size": 2 * limit}}},
    }
