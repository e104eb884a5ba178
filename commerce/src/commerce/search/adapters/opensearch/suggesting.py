"""What the index has for suggestions while typing."""

from collections.abc import Callable, Iterator

from commerce.search.adapters.opensearch.client import Json
from commerce.search.adapters.opensearch.documents import whole_name
from commerce.search.adapters.opensearch.meaning import LISTED, beginning, containing
from commerce.search.adapters.opensearch.template import MAX_WORD_LENGTH
from commerce.search.domain.reading import MAX_WORDS
from commerce.search.domain.suggesting import Suggestion, Typed, suggestions
from shared.text.words import STOP_WORDS

_MAX_COMPLETIONS = 30
_MAX_CATEGORIES_READ = 1_000
_MAX_NAMES_READ = 50  # of products that match: several may have the same name


def suggestions_in(search: Callable[[Json], Json], text: str, limit: int) -> tuple[Suggestion, ...]:
    typed = Typed.of(text)
    if typed is None:
        return ()
    answer = search(_search(typed))
    found = answer["aggregations"]
    categories = (bucket["key"] for bucket in found["categories"]["listed"]["values"]["buckets"])
    sources = (hit["_source"] for hit in answer["hits"]["hits"])
    products = ((source["name"], source["productId"]) for source in sources)
    return suggestions(typed, _completions(found["words"]["buckets"]), categories, products, limit)


def _completions(buckets: list[Json]) -> Iterator[str]:
    """Each word once, as it is written most often."""
    by_term: dict[str, str] = {}
    for bucket in buckets:
        term, _, written = bucket["key"].partition(" ")
        by_term.setdefault(term, written)
    return iter(by_term.values())


def _search(typed: Typed) -> Json:
    last = typed.last
    context = list(dict.fromkeys(word for word in typed.before if word not in STOP_WORDS))[:MAX_WORDS]
    has_prefix = {"prefix": {"wholeName": {"value": whole_name(" ".join([*typed.before, last]))}}}
    return {
        "query": {
            "bool": {
                "filter": [containing(context), beginning("name.spelling", last)],
                "should": [{"constant_score": {"filter": has_prefix, "boost": 1.0}}],
                "minimum_should_match": 0,
            }
        },
        "sort": [{"_score": "desc"}, {"available": "desc"}, {"createdAt": "desc"}, {"productId": "asc"}],
        "size": _MAX_NAMES_READ,
        "_source": ["name", "productId"],
        "track_total_hits": False,
        "aggs": {
            # the pattern has letters, marks and digits only: anything else separates words
            "words": {
                "terms": {
                    "field": "nameWords",
                    "include": f"{last[:MAX_WORD_LENGTH]}.*",
                    "size": _MAX_COMPLETIONS,
                }
            },
            "categories": {
                "global": {},
                "aggs": {
                    "listed": {
                        "filter": LISTED,
                        "aggs": {"values": {"terms": {"field": "category", "size": _MAX_CATEGORIES_READ}}},
                    }
                },
            },
        },
    }
