"""Words as tantivy's queries, and as a predicate on the words of a text, for highlighting.

Both agree: strictly (inflected forms match), tolerantly (prefixes and typos too), or in part (any word).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tantivy import Occur, Query

from commerce.search.adapters.tantivy.schema import SCHEMA, spelling, stem, stems_of_word, terms_of_word
from shared.text.typos import typos_allowed, typos_between

_BOOSTS = {"name": 4.0, "tags": 3.0, "description": 1.0}
_OTHER_FIELDS_COUNT = 0.3
_AS_TYPED = 0.5

# Steps between the kinds of match, larger than any BM25 score: a better kind of match comes first.
_EXACT, _BEGINNING, _FEWER_TYPOS, _TYPOS = 1_000.0, 400.0, 200.0, 100.0
_IN_NAME = 50.0

type Finds = Callable[[str], bool]
"""Whether a piece of a text, as written there, is a match."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """`ranked` and `matching` find the same products; only `ranked` scores them, which takes longer."""

    ranked: Query
    matching: Query
    finds: Finds


def strictly(terms: Sequence[str]) -> Meaning:
    """All of the words, in any inflected form."""
    stems = frozenset(map(stem, terms))
    return Meaning(
        _all([_exact(term) for term in terms]),
        _all([_anywhere(term) for term in terms]),
        lambda written: not stems.isdisjoint(stems_of_word(written)),
    )


def tolerantly(terms: Sequence[str]) -> Meaning:
    """All of the words, allowing for typos, and the last one as a prefix."""
    return _guessed(terms, _all)


def in_part(terms: Sequence[str]) -> Meaning:
    """At least one of the words, allowing for typos, and the last one as a prefix; more of them score higher."""
    return _guessed(terms, _any)


def _guessed(terms: Sequence[str], together: Callable[[Sequence[Query]], Query]) -> Meaning:
    guesses = [_Guess(term, typos_allowed(term), unfinished=term is terms[-1]) for term in terms]
    stems = frozenset(map(stem, terms))

    def finds(written: str) -> bool:
        return not stems.isdisjoint(stems_of_word(written)) or any(
            guess.matches(term) for term in terms_of_word(written) for guess in guesses
        )

    ranked, matching = [guess.ranked() for guess in guesses], [guess.matching() for guess in guesses]
    return Meaning(together(ranked), together(matching), finds)


def beginning(field: str, term: str) -> Query:
    """Words with this prefix, in one of the two fields of spellings."""
    return Query.fuzzy_term_query(SCHEMA, field, spelling(term), distance=0, prefix=True)


@dataclass(frozen=True, slots=True)
class _Guess:
    """A word of a query that may be mistyped, with at most `typos`, or unfinished."""

    term: str
    typos: int
    unfinished: bool

    def matches(self, found: str) -> bool:
        """Whether a word of a text is a match. Most are not, and are ruled out before the comparison."""
        if self.unfinished and found.startswith(self.term):
            return True
        typos = self.typos
        return (
            typos > 0
            and abs(len(found) - len(self.term)) <= typos
            and (typos > 1 or found[0] == self.term[0])
            and len(set(found) ^ set(self.term)) <= 2 * typos
            and typos_between(spelling(self.term), spelling(found), typos) <= typos
        )

    def matching(self) -> Query:
        alternatives = [_anywhere(self.term)]
        if self.unfinished:
            alternatives.append(beginning("spelling", self.term))
        if self.typos:
            alternatives.append(self._mistyped("spelling", self.typos))
        return _any(alternatives)

    def ranked(self) -> Query:
        exact = _exact(self.term)
        alternatives = [exact, Query.const_score_query(exact, _EXACT)]
        if self.unfinished:
            alternatives.append(Query.const_score_query(beginning("spelling", self.term), _BEGINNING))
        if self.typos:
            alternatives.append(Query.const_score_query(self._mistyped("spelling", self.typos), _TYPOS))
            alternatives.append(Query.const_score_query(self._mistyped("name_spelling", self.typos), _IN_NAME))
        if self.typos > 1:
            alternatives.append(Query.const_score_query(self._mistyped("spelling", 1), _FEWER_TYPOS))
        return _any(alternatives)

    def _mistyped(self, field: str, typos: int) -> Query:
        return Query.fuzzy_term_query(SCHEMA, field, spelling(self.term), distance=typos)


def _anywhere(term: str) -> Query:
    return _any([_in_field(field, term) for field in _BOOSTS])


def _exact(term: str) -> Query:
    by_field = [Query.boost_query(_in_field(field, term), boost) for field, boost in _BOOSTS.items()]
    somewhere = Query.disjunction_max_query(by_field, _OTHER_FIELDS_COUNT)
    as_typed = Query.term_query(SCHEMA, "spelling", spelling(term), index_option="basic")
    return Query.boolean_query([(Occur.Must, somewhere), (Occur.Should, Query.const_score_query(as_typed, _AS_TYPED))])


def _in_field(field: str, term: str) -> Query:
    return Query.term_query(SCHEMA, field, stem(term), index_option="freq")


def _all(queries: Sequence[Query]) -> Query:
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Must, query) for query in queries])


def _any(queries: Sequence[Query]) -> Query:
    return Query.boolean_query([(Occur.Should, query) for query in queries])
