"""What is looked for: words as tantivy's queries, and as a test of the words of a text, to show what was found.

Both say the same, once strictly (the word or another form of it) and once with tolerance (beginnings and typos too).
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

from tantivy import Occur, Query

from commerce.adapters.tantivy.schema import SCHEMA, spelling, stem
from shared.typos import typos_allowed, typos_between

_BOOSTS = {"name": 4.0, "tags": 3.0, "description": 1.0}
_OTHER_FIELDS_COUNT = 0.3
_AS_TYPED = 0.5

# Steps between the ways to find a word, wider than any BM25 score of it: a better way comes first.
_EXACT, _BEGINNING, _FEWER_TYPOS, _TYPOS = 1_000.0, 400.0, 200.0, 100.0
_IN_NAME = 50.0


def strictly(terms: Sequence[str]) -> Query:
    """All of the words, each as it is or in another form."""
    return _all([_exact(term) for term in terms])


def tolerantly(terms: Sequence[str]) -> Query:
    """All of the words, the last one perhaps unfinished, each perhaps mistyped."""
    *before, last = terms
    return _all([*(_tolerant(term, unfinished=False) for term in before), _tolerant(last, unfinished=True)])


def beginning(field: str, term: str) -> Query:
    """Words of one of the two fields of spellings that begin like this."""
    return Query.fuzzy_term_query(SCHEMA, field, spelling(term), distance=0, prefix=True)


def finder_of(terms: Sequence[str], *, tolerant: bool) -> Callable[[str], bool]:
    """Whether a word of a text is one that the query finds."""
    stems = frozenset(map(stem, terms))
    if not tolerant:
        return lambda found: stem(found) in stems
    unfinished = terms[-1]

    @lru_cache(maxsize=10_000)
    def finds(found: str) -> bool:
        return stem(found) in stems or found.startswith(unfinished) or any(_meant(term, found) for term in terms)

    return finds


def _exact(term: str) -> Query:
    by_field = [
        Query.boost_query(Query.term_query(SCHEMA, field, stem(term), index_option="freq"), boost)
        for field, boost in _BOOSTS.items()
    ]
    somewhere = Query.disjunction_max_query(by_field, _OTHER_FIELDS_COUNT)
    as_typed = Query.term_query(SCHEMA, "spelling", spelling(term), index_option="basic")
    return Query.boolean_query([(Occur.Must, somewhere), (Occur.Should, Query.const_score_query(as_typed, _AS_TYPED))])


def _tolerant(term: str, *, unfinished: bool) -> Query:
    exact = _exact(term)
    ways = [exact, Query.const_score_query(exact, _EXACT)]
    if unfinished:
        ways.append(Query.const_score_query(beginning("spelling", term), _BEGINNING))
    allowed = _typos(term)
    if allowed:
        ways += [_mistyped("spelling", term, allowed, _TYPOS), _mistyped("name_spelling", term, allowed, _IN_NAME)]
    if allowed > 1:
        ways.append(_mistyped("spelling", term, 1, _FEWER_TYPOS))
    return Query.boolean_query([(Occur.Should, way) for way in ways])


def _mistyped(field: str, term: str, typos: int, score: float) -> Query:
    return Query.const_score_query(Query.fuzzy_term_query(SCHEMA, field, spelling(term), distance=typos), score)


def _meant(term: str, found: str) -> bool:
    allowed = _typos(term)
    return allowed > 0 and typos_between(spelling(term), spelling(found), allowed) <= allowed


def _typos(term: str) -> int:
    """Another number is never meant."""
    return typos_allowed(term) if term.isalpha() else 0


def _all(queries: Sequence[Query]) -> Query:
    return Query.boolean_query([(Occur.Must, query) for query in queries])
