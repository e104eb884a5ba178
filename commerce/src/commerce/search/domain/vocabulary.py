"""What words mean in a charity shop: synonyms, words that only qualify others, and English ones, which are no typos.

The lists are files beside this module, read once. Every engine gets what a query means from here.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from commerce.search.domain.irregular_words import STEMS
from shared.text.typos import Vocabulary
from shared.text.words import STOP_WORDS, singular, words

_FOLDER = Path(__file__).parent / "words"
_HISSING = ("ches", "ses", "shes", "xes", "zes")
_COMMENT, _ONE_WAY = "#", "=>"

type Wording = tuple[str, ...]
"""Words that say something together: all of them have to match, in any inflected form."""


def base(word: str) -> str:
    """Of a plural, its singular: `scarves` → `scarf`, `dresses` → `dress`. Not always a word."""
    if word in STEMS:
        return STEMS[word]
    return word[:-2] if word.endswith(_HISSING) and len(word) > 4 else singular(word)


@dataclass(frozen=True, slots=True)
class Synonyms:
    """`by_wording`: what else is meant, by a wording in base forms."""

    by_wording: Mapping[Wording, tuple[Wording, ...]]
    longest: int
    """Words of the longest wording."""
    near: Vocabulary
    """Of single words, those that a mistyped one may have meant."""

    @classmethod
    def of(cls, lines: Iterable[str]) -> "Synonyms":
        """Raises ValueError for a line that has less than two wordings."""
        found: defaultdict[Wording, dict[Wording, None]] = defaultdict(dict)
        for line in lines:
            typed, meant = _parsed(line)
            for wording in typed:
                found[_in_base_forms(wording)] |= {other: None for other in meant if other != wording}
        by_wording = {wording: tuple(others) for wording, others in found.items()}
        single = [word for word, *more in by_wording if not more]
        return cls(by_wording, max(map(len, by_wording), default=0), Vocabulary(single))

    def of_wording(self, wording: Sequence[str]) -> tuple[Wording, ...]:
        return self.by_wording.get(_in_base_forms(wording), ())

    def of_mistyped(self, word: str) -> tuple[Wording, ...]:
        """Those of all words that this one may be mistyped for, and these words."""
        meant = {**self.near.near(word), **self.near.near(base(word))}
        return tuple(wording for near in meant for wording in ((near,), *self.by_wording[near,]))


def _parsed(line: str) -> tuple[list[Wording], list[Wording]]:
    """Wordings that people type, and those that they also find."""
    left, one_way, right = line.partition(_ONE_WAY)
    typed, meant = ([tuple(words(each)) for each in side.split(",")] for side in (left, right if one_way else left))
    if not all((*typed, *meant)) or (len(typed) < 2 and not one_way):
        raise ValueError(f"{line!r} has to be a list of wordings, or two of them with {_ONE_WAY} between")
    return typed, meant


def _in_base_forms(wording: Sequence[str]) -> Wording:
    return tuple(map(base, wording))


@cache
def synonyms() -> Synonyms:
    return Synonyms.of(_lines("synonyms.txt"))


@cache
def _qualifiers() -> frozenset[str]:
    return frozenset(base(word) for line in _lines("qualifiers.txt") for word in line.split())


@cache
def _english() -> frozenset[str]:
    return frozenset(word for line in _lines("english.txt") for word in line.split())


@cache
def _fillers() -> frozenset[str]:
    return frozenset(word for line in _lines("fillers.txt") for word in line.split())


def is_filler(word: str) -> bool:
    """Whether it says nothing next to other words, as do stop words and those of a polite question."""
    return word in STOP_WORDS or word in _fillers()


def is_qualifier(word: str) -> bool:
    """Whether it only says which one, as colours, sizes and numbers do."""
    return any(map(str.isnumeric, word)) or base(word) in _qualifiers()


def is_english(word: str) -> bool:
    """Of words with up to seven letters; longer ones are hardly ever mistaken for another."""
    return word in _english() or base(word) in _english()


def load() -> None:
    """Read all lists now rather than with the first query."""
    for each in (synonyms, _qualifiers, _fillers, _english):
        each()


def _lines(file: str) -> Iterator[str]:
    lines = map(str.strip, (_FOLDER / file).read_text().splitlines())
    return (line for line in lines if line and not line.startswith(_COMMENT))
