"""What a query means, as tantivy's queries, and as a predicate on the words of a text, for highlighting.

Both agree: strictly (inflected forms and synonyms match), tolerantly (prefixes and typos too), or in part.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tantivy import Occur, Query

from commerce.search.adapters.tantivy.narrowing import AVAILABLE, LIVE
from commerce.search.adapters.tantivy.schema import SCHEMA, spelling, stem, stems_of_word, term_of, terms_of_word
from commerce.search.domain.reading import Reading, Term
from commerce.search.domain.vocabulary import Wording
from shared.text.typos import typos_between

_NAMING = {"name": 4.0, "tags": 3.0, "category_name": 2.0}
_FIELDS = _NAMING | {"description": 1.0, "joined": 1.0}
_OTHER_FIELDS_COUNT = 0.3
_AS_TYPED = 0.5
_OTHER_WORDING = 0.6

# Steps between the kinds of match, larger than most BM25 scores: a better kind of match comes first.
_EXACT, _BEGINNING, _FEWER_TYPOS, _TYPOS = 1_000.0, 400.0, 200.0, 100.0
_IN_NAME = 50.0
_FOR_SALE = 32_768.0  # larger than all other scores of sixteen words: what is sold out comes last

type Finds = Callable[[str], bool]
"""Whether a piece of a text, as written there, is a match."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """`ranked` and `matching` find the same products; only `ranked` scores them, which takes longer."""

    ranked: Query
    matching: Query
    finds: Finds


EVERYTHING = Meaning(LIVE, LIVE, lambda _: False)


def strictly(reading: Reading) -> Meaning:
    """All of the words, in any inflected form or other wording."""
    return _meaning([_Exact(term) for term in reading.terms], _all)


def tolerantly(reading: Reading) -> Meaning:
    """All of the words, allowing for typos, and the last one as a prefix."""
    return _meaning([_Guess(term, term.typos_in_context) for term in reading.terms], _all)


def in_part(reading: Reading) -> Meaning:
    """The head and half of its modifiers, allowing for typos; details score higher."""
    groups = [[reading.head], reading.modifiers, reading.details]
    guesses = [[_Guess(term, term.typos) for term in group] for group in groups]

    def together(queries: Sequence[Query]) -> Query:
        rest = iter(queries)
        [head], modifiers, details = ([next(rest) for _ in group] for group in groups)
        needed = [head, _any(modifiers, reading.modifiers_needed)] if modifiers else [head]
        return Query.boolean_query([(Occur.Must, each) for each in needed] + [(Occur.Should, each) for each in details])

    return _meaning([guess for group in guesses for guess in group], together)


def containing(words: Sequence[str]) -> Query:
    """Products with all of these words, in any inflected form."""
    return _all([_in_fields(_FIELDS, word) for word in words])


def beginning(field: str, term: str) -> Query:
    """Words with this prefix, in one of the two fields of spellings."""
    return Query.fuzzy_term_query(SCHEMA, field, spelling(term), distance=0, prefix=True)


def _meaning(parts: "Sequence[_Exact]", together: Callable[[Sequence[Query]], Query]) -> Meaning:
    ranked = together([part.ranked() for part in parts])
    for_sale = Query.const_score_query(AVAILABLE, _FOR_SALE)
    return Meaning(
        Query.boolean_query([(Occur.Must, ranked), (Occur.Should, for_sale)]),
        together([part.matching() for part in parts]),
        lambda written: any(part.finds(written) for part in parts),
    )


class _Exact:
    """A word of a query, in any inflected form or other wording."""

    def __init__(self, term: Term) -> None:
        self._word, self._others = term_of(term.word), _written(term.others)
        self._stems = frozenset(map(stem, [self._word, *(word for wording in self._others for word in wording)]))

    def finds(self, written: str) -> bool:
        return not self._stems.isdisjoint(stems_of_word(written))

    def matching(self) -> Query:
        return _any([_in_fields(_FIELDS, self._word), *map(_worded, self._others)])

    def ranked(self) -> Query:
        return _ranked(self._word, self._others)


class _Guess(_Exact):
    """The same, or what the word may be mistyped for, with at most so many typos, or unfinished."""

    def __init__(self, term: Term, typos: int) -> None:
        super().__init__(term)
        self._typos, self._is_unfinished, self._guesses = typos, term.is_unfinished, _written(term.guesses)
        self._stems |= {stem(word) for wording in self._guesses for word in wording}

    def finds(self, written: str) -> bool:
        return super().finds(written) or any(map(self._finds_term, terms_of_word(written)))

    def matching(self) -> Query:
        alternatives = [super().matching(), *map(_worded, self._guesses)]
        if self._is_unfinished:
            alternatives.append(beginning("spelling", self._word))
        if self._typos:
            alternatives.append(self._mistyped("spelling", self._typos))
        return _any(alternatives)

    def ranked(self) -> Query:
        alternatives = [super().ranked(), _scored(super().matching(), _EXACT)]
        alternatives += [_scored(_worded(guess), _FEWER_TYPOS) for guess in self._guesses]
        if self._is_unfinished:
            alternatives.append(_scored(beginning("spelling", self._word), _BEGINNING))
        if self._typos:
            alternatives.append(_scored(self._mistyped("spelling", self._typos), _TYPOS))
            alternatives.append(_scored(self._mistyped("name_spelling", self._typos), _IN_NAME))
        if self._typos > 1:
            alternatives.append(_scored(self._mistyped("spelling", 1), _FEWER_TYPOS))
        return _any(alternatives)

    def _finds_term(self, found: str) -> bool:
        """Whether a word of a text is a guess. Most are not, and are ruled out before the comparison."""
        word, typos = self._word, self._typos
        if self._is_unfinished and found.startswith(word):
            return True
        return (
            typos > 0
            and abs(len(found) - len(word)) <= typos
            and (typos > 1 or found[0] == word[0])
            and len(set(found) ^ set(word)) <= 2 * typos
            and typos_between(spelling(word), spelling(found), typos) <= typos
        )

    def _mistyped(self, field: str, typos: int) -> Query:
        return Query.fuzzy_term_query(SCHEMA, field, spelling(self._word), distance=typos)


def _written(wordings: Sequence[Wording]) -> list[list[str]]:
    return [list(map(term_of, wording)) for wording in wordings]


def _ranked(word: str, others: Sequence[Sequence[str]]) -> Query:
    """By the best of the wordings. Others count less, as much as one word, and not in descriptions, where words have
    more meanings.
    """
    as_typed = Query.term_query(SCHEMA, "spelling", spelling(word), index_option="basic")
    exact = [(Occur.Must, _best_of(_FIELDS, word)), (Occur.Should, _scored(as_typed, _AS_TYPED))]
    wordings = [
        Query.boost_query(_all([_best_of(_NAMING, word) for word in wording]), _OTHER_WORDING / len(wording))
        for wording in others
    ]
    return Query.disjunction_max_query([Query.boolean_query(exact), *wordings], 0.0)


def _worded(wording: Sequence[str]) -> Query:
    return _all([_in_fields(_NAMING, word) for word in wording])


def _in_fields(fields: Iterable[str], term: str) -> Query:
    return _any([_in_field(field, term) for field in fields])


def _best_of(boosts: Mapping[str, float], term: str) -> Query:
    by_field = [Query.boost_query(_in_field(field, term), boost) for field, boost in boosts.items()]
    return Query.disjunction_max_query(by_field, _OTHER_FIELDS_COUNT)


def _in_field(field: str, term: str) -> Query:
    return Query.term_query(SCHEMA, field, stem(term), index_option="freq")


def _scored(query: Query, score: float) -> Query:
    return Query.const_score_query(query, score)


def _all(queries: Sequence[Query]) -> Query:
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Must, query) for query in queries])


def _any(queries: Sequence[Query], needed: int = 1) -> Query:
    return Query.boolean_query([(Occur.Should, query) for query in queries], needed)
