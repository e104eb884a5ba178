"""What is looked for: words as OpenSearch's queries, strictly, with tolerance, or in part.

Queries are JSON throughout: what somebody typed is a value in it, and never part of a language.
"""

from collections.abc import Sequence

from commerce.search.adapters.opensearch.client import Json
from commerce.search.adapters.opensearch.template import LONGEST_WORD
from shared.text.typos import typos_allowed

LISTED: Json = {"term": {"listed": True}}

_FIELDS = ["name^4", "tags^3", "description", "compounds"]
_OTHER_FIELDS_COUNT = 0.3
_AS_TYPED = 0.5

# Steps between the ways to find a word, wider than any BM25 score of it: a better way comes first.
_EXACT, _BEGINNING, _FEWER_TYPOS, _TYPOS = 1_000.0, 400.0, 200.0, 100.0
_IN_NAME = 50.0


def strictly(words: Sequence[str]) -> Json:
    """All of the words, each as it is or in another form."""
    return _listed({"must": [_exact(word) for word in words]})


def tolerantly(words: Sequence[str]) -> Json:
    """All of the words, the last one perhaps unfinished, each perhaps mistyped."""
    return _listed({"must": _guesses(words)})


def in_part(words: Sequence[str]) -> Json:
    """One of the words at least, the last one perhaps unfinished, each perhaps mistyped; more of them score higher."""
    return _listed({"should": _guesses(words), "minimum_should_match": 1})


def beginning(field: str, word: str) -> Json:
    """Words of a field of spellings that begin like this."""
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
    return {"bool": {"must": [somewhere], "should": [_worth(_AS_TYPED, as_typed)]}}


def _tolerant(word: str, *, unfinished: bool) -> Json:
    exact = _exact(word)
    ways = [exact, _worth(_EXACT, exact)]
    if unfinished:
        ways.append(_worth(_BEGINNING, beginning("spelling", word)))
    typos = typos_allowed(word) if word.isalpha() else 0  # another number is never meant
    if typos:
        ways += [_worth(_TYPOS, _mistyped("spelling", word, typos)), _worth(_IN_NAME, _mistyped(_NAMES, word, typos))]
    if typos > 1:
        ways.append(_worth(_FEWER_TYPOS, _mistyped("spelling", word, 1)))
    return {"bool": {"should": ways, "minimum_should_match": 1}}


_NAMES = "name.spelling"


def _mistyped(field: str, word: str, typos: int) -> Json:
    """As many words as there are: the best fifty, which OpenSearch takes by default, count towards its most clauses."""
    return {"fuzzy": {field: {"value": _spelling(word), "fuzziness": typos, "rewrite": "constant_score"}}}


def _worth(score: float, query: Json) -> Json:
    return {"constant_score": {"filter": query, "boost": score}}


def _spelling(word: str) -> str:
    """As the template's analyzer makes it."""
    return word[0] + word[:LONGEST_WORD]
