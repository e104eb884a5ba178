"""Finds the documents that a word stands in, or may have been meant to stand in, and how much it says of each.

How much is BM25 over weighted fields, measured against typical lengths instead of this collection's: what a document is
worth to a word depends on nothing but the two, so that a change to another document moves no hit.
"""

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from personalization.content.domain.content import Collection, Content
from shared.text.typos import Vocabulary
from shared.text.words import STOP_WORDS, singular, stem, words

_SATURATION = 1.2  # BM25's k1: the second mention says less than the first
_LENGTH_COUNTS = 0.75  # BM25's b
_BEGINNING_LETTERS = 2


class Field(StrEnum):
    """The parts of a document, those that say most first."""

    TITLE = "title"
    TAGS = "tags"
    SUMMARY = "summary"
    BODY = "text"


_WEIGHTS = {Field.TITLE: 4.0, Field.TAGS: 3.0, Field.SUMMARY: 2.0, Field.BODY: 1.0}
_TYPICAL_WORDS = {Field.TITLE: 8, Field.TAGS: 6, Field.SUMMARY: 25, Field.BODY: 150}


class Way(StrEnum):
    """How a word of the query was found."""

    EXACT = "exact"
    BEGINNING = "beginning"
    TYPO = "typo"


@dataclass(frozen=True, slots=True)
class Match:
    """`quality` is 0…1; `read_as` the known word that the query's word was taken for."""

    quality: float
    way: Way
    field: Field
    read_as: str


@dataclass(frozen=True, slots=True)
class _Posting:
    """`strength` is BM25's share of what a term could say of the document at most, 0…1; `field` the best it is in."""

    strength: float
    field: Field


@dataclass(frozen=True, slots=True)
class _Reading:
    """A word that the query's word may stand for. `least` and `most`: the bounds of its matches' quality."""

    way: Way
    read_as: str
    least: float
    most: float


# No overlap: exact matches go before guesses, however good the guess. domain.ranking keeps it so.
_EXACT = (0.6, 1.0)
_BEGINNING = (0.0, 0.2)
_TYPO = {1: (0.0, 0.15), 2: (0.0, 0.08)}


class Index:
    """Built once per revision of the collection; the time a query takes grows with the documents that it finds."""

    def __init__(self, collection: Collection) -> None:
        self.revision = collection.revision
        self.contents = collection.items
        self.topics = tuple(_topics(content) for content in collection.items)
        self._postings: defaultdict[str, dict[int, _Posting]] = defaultdict(dict)
        surfaces: set[str] = set()
        for number, content in enumerate(collection.items):
            surfaces.update(self._add(number, content))
        self._surfaces = sorted(surfaces)
        self._vocabulary = Vocabulary(surfaces)

    def find(self, word: str, *, may_go_on: bool = False) -> dict[int, Match]:
        """The best match of each document, by its number; `may_go_on` for a word that may still be being typed."""
        found: dict[int, Match] = {}
        for term, reading in self._readings(word, may_go_on).items():
            for number, posting in self._postings[term].items():
                quality = reading.least + (reading.most - reading.least) * posting.strength
                if number not in found or quality > found[number].quality:
                    found[number] = Match(quality, reading.way, posting.field, reading.read_as)
        return found

    def rarity(self, documents_found: int) -> int:
        """How much a word tells documents apart, by how many have it: BM25's idf in hundredths, at least 1."""
        others = len(self.contents) - documents_found
        return max(1, round(100 * math.log(1 + (others + 0.5) / (documents_found + 0.5))))

    def _readings(self, word: str, may_go_on: bool) -> dict[str, _Reading]:
        """The best reading of a word for each term of the index that it may stand for."""
        readings: dict[str, _Reading] = {}
        if stem(word) in self._postings:
            readings[stem(word)] = _Reading(Way.EXACT, word, *_EXACT)
        if may_go_on and len(word) >= _BEGINNING_LETTERS:
            for known in self._beginning_with(word):
                readings.setdefault(stem(known), _Reading(Way.BEGINNING, known, *_BEGINNING))
        near = self._vocabulary.near(word)
        for known, typos in sorted(near.items(), key=lambda item: (item[1], item[0])):
            readings.setdefault(stem(known), _Reading(Way.TYPO, known, *_TYPO[typos]))
        return readings

    def _beginning_with(self, word: str) -> Iterator[str]:
        for known in self._surfaces[bisect_left(self._surfaces, word) :]:
            if not known.startswith(word):
                return
            yield known

    def _add(self, number: int, content: Content) -> Iterator[str]:
        """Enter a document; the words that stand in it."""
        weights: defaultdict[str, float] = defaultdict(float)
        best: dict[str, Field] = {}
        for field, text in _texts(content):
            said = words(text)
            yield from said
            length = max(1.0, len(said) / _TYPICAL_WORDS[field])  # a long text mentions much in passing
            weight = _WEIGHTS[field] / (1 - _LENGTH_COUNTS + _LENGTH_COUNTS * length)
            for term in map(stem, said):
                weights[term] += weight
                best.setdefault(term, field)
        for term, total in weights.items():
            self._postings[term][number] = _Posting(total / (total + _SATURATION), best[term])


def _texts(content: Content) -> Iterator[tuple[Field, str]]:
    """The best fields first."""
    yield Field.TITLE, content.title
    yield Field.TAGS, " ".join((*content.tags, content.kind))
    yield Field.SUMMARY, content.summary
    yield Field.BODY, content.body


def _topics(content: Content) -> frozenset[str]:
    """What a document is about: the words outside its body, of which only plurals are made alike.

    Nobody who is interested in running wants to be told so of hospitals that run trials.
    """
    said = (word for field, text in _texts(content) if field is not Field.BODY for word in words(text))
    return frozenset(map(singular, said))


def terms_of(phrase: str) -> frozenset[str]:
    """What a phrase is about, comparable with an index's topics."""
    return frozenset(singular(word) for word in words(phrase) if word not in STOP_WORDS)
