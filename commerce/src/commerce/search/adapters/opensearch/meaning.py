"""What a query means, as OpenSearch's queries: strictly (inflected forms and synonyms match), tolerantly, or in part.

Queries are JSON, and what was typed is only ever a value in it: no query language is parsed.
"""

from collections.abc import Sequence

from commerce.search.adapters.opensearch.client import Json
from commerce.search.adapters.opensearch.template import MAX_WORD_LENGTH
from commerce.search.domain.reading import Reading, Term
from commerce.search.domain.vocabulary import Wording

LISTED: Json = {"term": {"listed": True}}

_NAMING = ["name^4", "tags^3", "categoryName^2"]
_FIELDS = [*_NAMING, "description", "joined"]
_OTHER_FIELDS_COUNT = 0.3
_AS_TYPED = 0.5
_OTHER_WORDING = 0.6

# Steps between the kinds of match, larger than most BM25 scores: a better kind of match comes first.
_EXACT, _BEGINNING, _FEWER_TYPOS, _TYPOS = 1_000.0, 400.0, 200.0, 100.0
_IN_NAME = 50.0

_GUESSABLE, _NAMES = "guessable", "name.spelling"


def strictly(reading: Reading) -> Json:
    """All of the words, in any inflected form or other wording."""
    return _listed({"must": list(map(_exact_term, reading.terms))})


def tolerantly(reading: Reading) -> Json:
    """All of the words, allowing for typos, and the last one as a prefix."""
    return _listed({"must": [_guess(term, term.typos_in_context) for term in reading.terms]})


def in_part(reading: Reading) -> Json:
    """The head and half of its modifiers, allowing for typos; details score higher."""
    head, modifiers, details = (
        [_guess(term, term.typos) for term in some] for some in ([reading.head], reading.modifiers, reading.details)
    )
    needed = [*head, _any(modifiers, reading.modifiers_needed)] if modifiers else head
    return _listed({"must": needed, "should": details})


def containing(words: Sequence[str]) -> Json:
    """Listed products with all of these words, in any inflected form."""
    return _listed({"must": list(map(_exact, words))})


def beginning(field: str, word: str) -> Json:
    """Words of a field of spellings with this prefix."""
    return {"prefix": {field: {"value": _spelling(word)}}}


def _listed(words: Json) -> Json:
    return {"bool": {"filter": [LISTED]} | words}


def _exact_term(term: Term) -> Json:
    """By the best of its wordings. Others count less, as much as one word, and not in descriptions, where words have
    more meanings.
    """
    wordings = [_wording(wording, _OTHER_WORDING / len(wording)) for wording in term.others]
    return {"dis_max": {"queries": [_exact(term.word), *wordings]}}


def _wording(wording: Wording, boost: float) -> Json:
    return {"bool": {"must": [_anywhere(word, _NAMING) for word in wording], "boost": boost}}


def _exact(word: str) -> Json:
    as_typed = {"term": {_GUESSABLE: {"value": _spelling(word)}}}
    return {"bool": {"must": [_anywhere(word, _FIELDS)], "should": [_scored(_AS_TYPED, as_typed)]}}


def _anywhere(word: str, fields: Sequence[str]) -> Json:
    return {
        "multi_match": {
            "query": word,
            "fields": fields,
            "type": "best_fields",
            "operator": "and",
            "tie_breaker": _OTHER_FIELDS_COUNT,
        }
    }


def _guess(term: Term, typos: int) -> Json:
    """The same, or what the word may be mistyped for, with at most so many typos, or unfinished."""
    word = term.word
    # a step for every match of this clause, which is not there twice: the number of clauses is limited
    alternatives: list[Json] = [{"bool": {"must": [_exact_term(term)], "should": [{"match_all": {"boost": _EXACT}}]}}]
    alternatives += [_scored(_FEWER_TYPOS, _wording(guess, 1.0)) for guess in term.guesses]
    if term.is_unfinished:
        alternatives.append(_scored(_BEGINNING, beginning(_GUESSABLE, word)))
    if typos:
        alternatives += [
            _scored(_TYPOS, _mistyped(_GUESSABLE, word, typos)),
            _scored(_IN_NAME, _mistyped(_NAMES, word, typos)),
        ]
    if typos > 1:
        alternatives.append(_scored(_FEWER_TYPOS, _mistyped(_GUESSABLE, word, 1)))
    return _any(alternatives)


def _mistyped(field: str, word: str, typos: int) -> Json:
    """Rewritten as a constant score: by default, the best fifty words would count towards the limit of clauses."""
    return {"fuzzy": {field: {"value": _spelling(word), "fuzziness": typos, "rewrite": "constant_score"}}}


def _any(queries: Sequence[Json], needed: int = 1) -> Json:
    return {"bool": {"should": queries, "minimum_should_match": needed}}


def _scored(score: float, query: Json) -> Json:
    return {"constant_score": {"filter": query, "boost": score}}


def _spelling(word: str) -> str:
    """As the template's analyzer makes it."""
    return word[0] + word[:MAX_WORD_LENGTH]
