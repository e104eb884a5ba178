"""The shop's help pages, and how those that answer a question are found.

Relevance is BM25 over titles and bodies; a title counts as if it were said four times.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.text.words import STOP_WORDS, stem, words

_SATURATION = 1.2  # BM25's k1
_LENGTH_WEIGHT = 0.75  # BM25's b
_TITLE_WEIGHT = 4


@dataclass(frozen=True, slots=True)
class HelpPage:
    """`text` is plain text, in paragraphs."""

    page_id: str
    title: str
    text: str


class HelpPages(Protocol):
    def find(self, question: str, limit: int) -> tuple[HelpPage, ...]:
        """The pages that answer the question best, the best first. Raises Unavailable."""
        ...


class Ranking:
    """Of a set of pages; made once, as it reads every word of them."""

    def __init__(self, pages: Sequence[HelpPage]) -> None:
        self._pages = tuple(pages)
        self._terms = [Counter((*_terms(page.title) * _TITLE_WEIGHT, *_terms(page.text))) for page in pages]
        self._containing = Counter(term for terms in self._terms for term in terms)
        self._mean_length = sum(terms.total() for terms in self._terms) / max(1, len(self._terms))

    def best(self, question: str, limit: int) -> tuple[HelpPage, ...]:
        """Those that have a word of the question; stop words are none. Equal ones in the order of their ids."""
        wanted = set(_terms(question))
        scored = [(self._score(terms, wanted), page) for terms, page in zip(self._terms, self._pages, strict=True)]
        found = sorted((each for each in scored if each[0] > 0), key=lambda each: (-each[0], each[1].page_id))
        return tuple(page for _, page in found[:limit])

    def _score(self, terms: Counter[str], wanted: Iterable[str]) -> float:
        length = terms.total() / self._mean_length
        norm = _SATURATION * (1 - _LENGTH_WEIGHT + _LENGTH_WEIGHT * length)
        return sum(self._rarity(term) * terms[term] * (1 + _SATURATION) / (terms[term] + norm) for term in wanted)

    def _rarity(self, term: str) -> float:
        """BM25's idf."""
        containing = self._containing[term]
        return math.log(1 + (len(self._pages) - containing + 0.5) / (containing + 0.5))


def _terms(text: str) -> list[str]:
    return [stem(word) for word in words(text) if word not in STOP_WORDS]
