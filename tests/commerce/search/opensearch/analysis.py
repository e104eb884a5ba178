"""How OpenSearch makes words of a text: the parts of it that our template names, and no others."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import tantivy

type Json = dict[str, Any]
type Filter = Callable[[str], str]


class Unknown(Exception):
    """A word of OpenSearch's languages that this stand-in does not know, or that OpenSearch does not."""


class Token(NamedTuple):
    term: str
    start: int
    end: int


def allow_only(given: Mapping[str, Any], *names: str) -> None:
    """Raises Unknown for a property that is not one of these."""
    if unknown := given.keys() - set(names):
        raise Unknown(f"unknown: {', '.join(sorted(unknown))}")


class Analyzer:
    """One of an index's `settings.index.analysis`."""

    def __init__(self, analysis: Json, name: str) -> None:
        allow_only(analysis, "analyzer", "filter", "tokenizer")
        definition = analysis["analyzer"][name]
        allow_only(definition, "type", "tokenizer", "filter")
        tokenizer = analysis["tokenizer"][definition["tokenizer"]]
        allow_only(tokenizer, "type", "pattern", "group")
        if (definition["type"], tokenizer["type"], tokenizer["group"]) != ("custom", "pattern", 0):
            raise Unknown(f"analyzer {name}")
        self._word = _java_pattern(tokenizer["pattern"])
        self._filters = [_BUILT_IN.get(each) or _filter(analysis["filter"][each]) for each in definition["filter"]]

    def tokens(self, text: str) -> list[Token]:
        found = []
        for match in self._word.finditer(text):
            term = match.group()
            for change in self._filters:
                term = change(term)
            found.append(Token(term, *match.span()))
        return found

    def terms(self, text: str) -> list[str]:
        return [token.term for token in self.tokens(text)]


_PORTER2 = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.raw()).filter(tantivy.Filter.stemmer("english")).build()


def _filter(definition: Json) -> Filter:
    match definition:
        case {"type": "pattern_replace", "pattern": str(pattern), "replacement": str(replacement), **others}:
            compiled = _java_pattern(pattern)
            by = re.sub(r"\$(\d)", r"\\\1", replacement)
            change: Filter = lambda term: compiled.sub(by, term)  # noqa: E731
        case {"type": "truncate", "length": int(length), **others}:
            change = lambda term: term[:length]  # noqa: E731
        case {"type": "stemmer_override", "rules": list(rules), **others}:
            stems = dict(rule.split(" => ") for rule in rules)
            if any(_PORTER2.analyze(stem) != [stem] for stem in stems.values()):
                raise Unknown("an override that a stemmer would change, were it not kept from it")
            change = lambda term: stems.get(term, term)  # noqa: E731
        case {"type": "stemmer", "language": "porter2", **others}:
            change = lambda term: _PORTER2.analyze(term)[0]  # noqa: E731
        case _:
            raise Unknown(f"filter {definition}")
    allow_only(others)
    return change


def _java_pattern(pattern: str) -> re.Pattern[str]:
    translated = pattern.replace(r"[\p{L}\p{N}]", r"[^\W_]")
    if r"\p" in translated:
        raise Unknown(f"pattern {pattern}")
    return re.compile(translated)


_LETTERS_OF_SEVERAL = {"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i"}


def _ascii_folded(term: str) -> str:
    return "".join(map(_ascii_letter, term))


def _ascii_letter(letter: str) -> str:
    if letter.isascii():
        return letter
    bare = "".join(each for each in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(each))
    return bare if bare.isascii() else _LETTERS_OF_SEVERAL.get(letter, letter)


_BUILT_IN: dict[str, Filter] = {"lowercase": str.lower, "asciifolding": _ascii_folded}
