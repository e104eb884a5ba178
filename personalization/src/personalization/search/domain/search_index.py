"""Finds the documents that contain a word, or one that was probably meant, and how relevant they are.

Relevance is BM25 over weighted fields, with typical lengths instead of this collection's averages: it depends on
nothing but the word and the document, so that a change to another document moves no hit.
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

_SATURATION = 1.2  # BM25's k1: a second mention counts less than the first
_LENGTH_WEIGHT = 0.75  # BM25's b
_MIN_PREFIX_LETTERS = 2


class Field(StrEnum):
    """The parts of a document, the most relevant first."""

    TITLE = "title"
    TAGS = "tags"
    SUMMARY = "summary"
    BODY = "text"


_WEIGHTS = {Field.TITLE: 4.0, Field.TAGS: 3.0, Field.SUMMARY: 2.0, Field.BODY: 1.0}
_TYPICAL_WORDS = {Field.TITLE: 8, Field.TAGS: 6, Field.SUMMARY: 25, Field.BODY: 150}


class MatchKind(StrEnum):
    """How a word of the query was found."""

    EXACT = "exact"
    PREFIX = "prefix"
    TYPO = "typo"


@dataclass(frozen=True, slots=True)
class Match:
    """`quality` is 0…1; `read_as` is the word of the index that the query's word was taken for."""

    quality: float
    kind: MatchKind
    field: Field
    read_as: str


@dataclass(frozen=True, slots=True)
class _Posting:
    """`strength` is the term's BM25 score, as a share of its maximum; `field` is the best field that contains it."""

    strength: float
    field: Field


@dataclass(frozen=True, slots=True)
class _Reading:
    """A word that the query's word may stand for; `min_quality` and `max_quality` bound the quality of its matches."""

    kind: MatchKind
    read_as: str
    min_quality: float
    max_quality: float


# They do not overlap: exact matches go before inexact ones, however good. domain.ranking preserves that.
_EXACT = (0.6, 1.0)
_PREFIX = (0.0, 0.2)
_TYPO = {1: (0.0, 0.15), 2: (0.0, 0.08)}


class Index:
    """Built once per revision of the collection; a query takes time in proportion to the documents that it finds."""

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

    def find(self, word: str, *, is_prefix: bool = False) -> dict[int, Match]:
        """The best match of each document, by its number; `is_prefix` for a word that may be incomplete."""
        found: dict[int, Match] = {}
        for term, reading in self._readings(word, is_prefix).items():
            for number, posting in self._postings[term].items():
                quality = reading.min_quality + (reading.max_quality - reading.min_quality) * posting.strength
                if number not in found or quality > found[number].quality:
                    found[number] = Match(quality, reading.kind, posting.field, reading.read_as)
        return found

    def rarity(self, documents_found: int) -> int:
        """How well a word distinguishes documents, by how many contain it: BM25's idf in hundredths, at least 1."""
        others = len(self.contents) - documents_found
        return max(1, round(100 * math.log(1 + (others + 0.5) / (documents_found + 0.5))))

    def _readings(self, word: str, is_prefix: bool) -> dict[str, _Reading]:
        """The best reading of a word for each term of the index that it may stand for."""
        readings: dict[str, _Reading] = {}
        if stem(word) in self._postings:
            readings[stem(word)] = _Reading(MatchKind.EXACT, word, *_EXACT)
        if is_prefix and len(word) >= _MIN_PREFIX_LETTERS:
            for longer in self._words_with_prefix(word):
                readings.setdefault(stem(longer), _Reading(MatchKind.PREFIX, longer, *_PREFIX))
        near = self._vocabulary.near(word)
        for other, typos in sorted(near.items(), key=lambda item: (item[1], item[0])):
            readings.setdefault(stem(other), _Reading(MatchKind.TYPO, other, *_TYPO[typos]))
        return readings

    def _words_with_prefix(self, prefix: str) -> Iterator[str]:
        for word in self._surfaces[bisect_left(self._surfaces, prefix) :]:
            if not word.startswith(prefix):
                return
            yield word

    def _add(self, number: int, content: Content) -> Iterator[str]:
        """Index a document; yields its words."""
        weights: defaultdict[str, float] = defaultdict(float)
        best: dict[str, Field] = {}
        for field, text in _texts(content):
            found = words(text)
            yield from found
            length = max(1.0, len(found) / _TYPICAL_WORDS[field])  # a long text mentions many things in passing
            weight = _WEIGHTS[field] / (1 - _LENGTH_WEIGHT + _LENGTH_WEIGHT * length)
            for term in map(stem, found):
                weights[term] += weight
                best.setdefault(term, field)
        for term, total in weights.items():
            self._postings[term][number] = _Posting(total / (total + _SATURATION), best[term])


def _texts(content: Content) -> Iterator[tuple[Field, str]]:
    """The most relevant fields first."""
    yield Field.TITLE, content.title
    yield Field.TAGS, " ".join((*content.tags, content.kind))
    yield Field.SUMMARY, content.summary
    yield Field.BODY, content.body


def _topics(content: Content) -> frozenset[str]:
    """What a document is about: the words outside its body, with plurals normalized, and no stemming.

    Whoever is interested in running is not interested in hospitals that run trials.
    """
    found = (word for field, text in _texts(content) if field is not Field.BODY for word in words(text))
    return frozenset(map(singular, found))


def terms_of(phrase: str) -> frozenset[str]:
    """What a phrase is about, comparable to the topics of documents."""
    return frozenset(singular(word) for word in words(phrase) if word not in STOP_WORDS)
