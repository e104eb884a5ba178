"""Words as OpenSearch's queries: strictly (inflected forms match), tolerantly (prefixes and typos too), or in part.

Queries are JSON, and what was typed is only ever a value in it: no query language is parsed.
"""

from collections.abc import Sequence

from commerce.search.adapters.opensearch.client import Json
from commerce.search.adapters.opensearch.template import MAX_WORD_LENGTH
from shared.text.typos import typos_allowed

LISTED: Json = {"term": {"listed": True}}

_FIELDS = ["name^4", "tags^3", "description", "compounds"]
_OTHER_FIELDS_COUNT = 0.3
_AS_TYPED = 0.5

# Steps between the kinds of match, larger than any BM25 score: a better kind of match comes first.
_EXACT, _BEGINNING, _FEWER_TYPOS, _TYPOS = 1_000.0, 400.0, 200.0, 100.0
_IN_NAME = 50.0


def strictly(words: Sequence[str]) -> Json:
    """All of the words, in any inflected form."""
    return _listed({"must": [_exact(word) for word in words]})


def tolerantly(words: Sequence[str]) -> Json:
    """All of the words, allowing for typos, and the last one as a prefix."""
    return _listed({"must": _guesses(words)})


def in_part(words: Sequence[str]) -> Json:
    """At least one of the words, allowing for typos, and the last one as a prefix; more of them score higher."""
    return _listed({"should": _guesses(words), "minimum_should_match": 1})


def beginning(field: str, word: str) -> Json:
    """Words of a field of spellings with this prefix."""
    return {"prefix": {field: {"value": _spelling(word)}}}


def _listed(words: Json) -> Json:
    return {"bool": {"filter": [LISTED]} | words}


def _guesses(words: Sequence[str]) -> list[Json]:
    *before, last = words
    return [*(_tolerant(word, unfinished=False) for word in before), _tolerant(last, unfinished=True)]


def _exact(word: str) -> Json:
    somewhere = {
        "multi_match": {
            "query": word,
            "fields": _FIELDS,
            "type": "best_fields",
            "operator": "and",
            "tie_breaker": _OTHER_FIELDS_COUNT,
        }
    }
    as_typed = {"term": {"spelling": {"value": _spelling(word)}}}
    return {"bool": {"must": [somewhere], "should": [_scored(_AS_TYPED, as_typed)]}}


def _tolerant(word: str, *, unfinished: bool) -> Json:
    exact = _exact(word)
    alternatives = [exact, _scored(_EXACT, exact)]
    if unfinished:
        alternatives.append(_scored(_BEGINNING, beginning("spelling", word)))
    typos = typos_allowed(word)
    if typos:
        alternatives += [
            _scored(_TYPOS, _mistyped("spelling", word, typos)),
            _scored(_IN_NAME, _mistyped(_NAMES, word, typos)),
        ]
    if typos > 1:
        alternatives.append(_scored(_FEWER_TYPOS, _mistyped("spelling", word, 1)))
    return {"bool": {"should": alternatives, "minimum_should_match": 1}}


_NAMES = "name.spelling"


def _mistyped(field: str, word: str, typos: int) -> Json:
    """Rewritten as a constant score: by default, the best fifty words would count towards the limit of clauses."""
    return {"fuzzy": {field: {"value": _spelling(word), "fuzziness": typos, "rewrite": "constant_score"}}}


def _scored(score: float, query: Json) -> Json:
    return {"constant_score": {"filter": query, "boost": score}}


def _spelling(word: str) -> str:
    """As the template's analyzer makes it."""
    return word[0] + word[:MAX_WORD_LENGTH]
