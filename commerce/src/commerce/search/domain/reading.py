"""What somebody means by the words of a query, for every search engine: the engines only look the words up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from commerce.search.domain.vocabulary import Wording, is_english, is_filler, is_qualifier, synonyms
from shared.text.typos import typos_allowed
from shared.text.words import words

MAX_WORDS = 16
MAX_CHARACTERS = 1_000
"""Of a query; the rest is ignored."""

_MAX_WORDINGS = 32
"""Of all words together, roughly: engines bound the size of a query."""

_MIN_MISTYPED = 3
_MIN_BEGINNING = 4
_PREPOSITIONS = frozenset({"about", "at", "by", "for", "from", "in", "of", "on", "to", "with"})


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a query.

    `others` are wordings that mean the same: synonyms, and compounds with the word's neighbours. `guesses` are those of
    words that it may be mistyped for. `typos`, at most, if this word is all there is to go by, and `typos_in_context`
    if the other words match. `is_unfinished`: other words may begin with it. `is_qualifier`: it does not say what is
    looked for, but which.
    """

    word: str
    others: tuple[Wording, ...]
    guesses: tuple[Wording, ...]
    typos: int
    typos_in_context: int
    is_unfinished: bool
    is_qualifier: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """`head` names the thing, as hat does in a warm bobble hat for a walk; it is one of the `terms`, which are all
    words.
    """

    terms: tuple[Term, ...]
    head: Term

    @property
    def modifiers(self) -> tuple[Term, ...]:
        """Words before the head that make another thing of it, as bobble does."""
        return tuple(term for term in self.terms[: self.terms.index(self.head)] if not term.is_qualifier)

    @property
    def modifiers_needed(self) -> int:
        """How many of them a product needs to be an answer in part: half, rounded up."""
        return (len(self.modifiers) + 1) // 2

    @property
    def details(self) -> tuple[Term, ...]:
        """Words that an answer in part does without, as warm and walk."""
        needed = (self.head, *self.modifiers)
        return tuple(term for term in self.terms if term not in needed)


def read(text: str) -> Reading | None:
    """None for a text without words. Fillers count only if there are no other words."""
    written = words(text[:MAX_CHARACTERS])
    kept = list(dict.fromkeys(word for word in written if not is_filler(word))) or list(dict.fromkeys(written))
    kept = kept[:MAX_WORDS]
    if not kept:
        return None
    others, max_wordings = _others(written[: 2 * MAX_WORDS], kept), _MAX_WORDINGS // len(kept)
    terms = tuple(
        _term(word, tuple(others[word])[:max_wordings], synonyms().of_mistyped(word)[:max_wordings], kept)
        for word in kept
    )
    return Reading(terms, _head(written, terms))


def _term(word: str, others: tuple[Wording, ...], guesses: tuple[Wording, ...], kept: Sequence[str]) -> Term:
    is_complete = is_english(word)
    in_context = typos_allowed(word)
    typos = 0 if is_complete else max(in_context, _typos_of_a_short_word(word))
    return Term(
        word=word,
        others=others,
        guesses=() if is_complete else guesses,
        typos=typos,
        typos_in_context=typos if len(kept) == 1 else max(typos, in_context),
        is_unfinished=word == kept[-1] and not (is_complete and len(word) < _MIN_BEGINNING),
        is_qualifier=is_qualifier(word),
    )


def _typos_of_a_short_word(word: str) -> int:
    return int(len(word) == _MIN_MISTYPED and word.isalpha())


def _others(written: Sequence[str], kept: Sequence[str]) -> dict[str, dict[Wording, None]]:
    """Of each word: it and a neighbour as one word, and the synonyms of all wordings that it is part of."""
    others: dict[str, dict[Wording, None]] = {word: {} for word in kept}
    for pair in pairwise(written):
        for word in pair:
            if word in others:
                others[word]["".join(pair),] = None
    for wording in _wordings(written, synonyms().longest):
        found = dict.fromkeys(synonyms().of_wording(wording))
        for word in wording:
            if found and word in others:
                others[word] |= found
    return others


def _wordings(written: Sequence[str], longest: int) -> Iterator[Sequence[str]]:
    """All runs of words up to a length, the longest first."""
    for length in range(min(longest, len(written)), 0, -1):
        for start in range(len(written) - length + 1):
            yield written[start : start + length]


def _head(written: Sequence[str], terms: Sequence[Term]) -> Term:
    """The last word of what a preposition describes further, or of all; qualifiers only if there is nothing else."""
    by_word = {term.word: term for term in terms}
    heads = {word: term for word, term in by_word.items() if not term.is_qualifier} or by_word
    head = terms[-1]
    is_found = False
    for word in written:
        if is_found and word in _PREPOSITIONS:
            return head
        if word in heads:
            head, is_found = heads[word], True
    return head
