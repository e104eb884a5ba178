"""The index template: analyzers and mappings.

Text is analyzed as `shared.text.words` and the tantivy index do it: characters are folded by the same function, before
they are split into words. A changed template takes effect with the next rebuild; until then, fields that the index does
not have are stored but not searched.
"""

import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Any

from commerce.search.domain.irregular_words import STEMS
from shared.text.words import DROPPED, folded

MAX_WORD_LENGTH = 64

# Quantifiers are possessive, and repeated letters are no group: otherwise Java's matcher recurses for each letter, and
# the stack overflow of a long word ends the whole node.
_LETTERS = r"[\p{L}\p{N}\p{M}\p{Cf}]"

_WORDS = ["lowercase", "without_marks", "without_possessive", "without_apostrophes", "beginning", "not_empty"]


def _analysis() -> dict[str, Any]:
    return {
        "char_filter": {"folded": {"type": "mapping", "mappings": list(_folding())}},
        "tokenizer": {
            "words": {
                "type": "pattern",
                "pattern": rf"[\p{{L}}\p{{N}}]{_LETTERS}*+(?:['’ʼ]{_LETTERS}++)*+",
                "group": 0,
            }
        },
        "filter": {
            "without_marks": {"type": "pattern_replace", "pattern": f"[{DROPPED}]", "replacement": ""},
            "without_possessive": {"type": "pattern_replace", "pattern": "['’ʼ]s$", "replacement": ""},
            "without_apostrophes": {"type": "pattern_replace", "pattern": "['’ʼ]", "replacement": ""},
            "beginning": {"type": "truncate", "length": MAX_WORD_LENGTH},  # of overlong words
            "not_empty": {"type": "length", "min": 1},
            "irregular": {"type": "stemmer_override", "rules": [f"{form} => {stem}" for form, stem in STEMS.items()]},
            "stem": {"type": "stemmer", "language": "porter2"},  # of regular words
            # a wrong first letter counts as two typos: short words have to begin as typed
            "first_letter_twice": {"type": "pattern_replace", "pattern": "^(.)", "replacement": "$1$1"},
        },
        "analyzer": {
            "stemmed": {**_SPLIT, "filter": [*_WORDS, "irregular", "stem"]},
            "spelled": {**_SPLIT, "filter": [*_WORDS, "first_letter_twice"]},
        },
    }


_SPLIT = {"type": "custom", "char_filter": ["folded"], "tokenizer": "words"}


def _folding() -> Iterator[str]:
    """Rules for what folding makes of each character in text that is in NFC, except its case and marks: about 2,400.

    Each index keeps them in its settings: ideographs' variants, abbreviations that are one character, and mathematical
    letters are left as they are. Two characters are folded together only where they stand for one: the halfwidth kana
    with their voice marks.
    """
    for character in map(chr, FOLDED):
        category, to = unicodedata.category(character), folded(character)
        if category in _NO_TEXT or not unicodedata.is_normalized("NFC", character):
            continue
        if to != character.lower() and (to or category.startswith("L")):
            yield _rule(character, to)
    for kana, mark in product(map(chr, range(0xFF66, 0xFF9E)), "\uff9e\uff9f"):
        if len(to := folded(kana + mark)) == 1:
            yield _rule(kana + mark, to)


FOLDED = (*range(0x80, 0x2F00), *range(0x3000, 0x3200), *range(0xA000, 0xAC00), *range(0xFA00, 0x10000))
_NO_TEXT = frozenset({"Cn", "Co", "Cs"})  # unassigned, private, surrogates


def _rule(characters: str, to: str) -> str:
    return f"{_escaped(characters)} => {_escaped(to)}"


def _escaped(text: str) -> str:
    units = text.encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


_SPELLED = {"type": "text", "analyzer": "spelled", "index_options": "docs", "norms": False}


_STEMMED = {"type": "text", "analyzer": "stemmed"}
_SEARCHED = {**_STEMMED, "fields": {"spelling": _SPELLED}}


_KEPT_NUMBER = {"type": "long", "index": False, "doc_values": False}
_KEPT_TEXT = {"type": "keyword", "index": False, "doc_values": False}

META = {"analysis": 3}
"""Of the analyzers and of `shared.text.words`: an index of another number has to be rebuilt. Change it with them."""

_MAPPINGS = {
    "_meta": META,
    "dynamic": False,
    "properties": {
        "productId": {"type": "keyword"},
        "listed": {"type": "boolean"},
        "available": {"type": "boolean"},
        "name": _SEARCHED,
        "description": _SEARCHED,
        "tags": {**_STEMMED, "fields": {"whole": {"type": "keyword"}}},
        "category": {"type": "keyword"},
        "categoryName": _STEMMED,
        "joined": _STEMMED,
        "guessable": _SPELLED,
        "kind": {"type": "keyword"},
        "amount": {"type": "long"},
        "createdAt": {"type": "date"},
        "wholeName": {"type": "keyword"},
        "nameWords": {"type": "keyword"},
        "sortName": {"type": "keyword"},
        "currency": _KEPT_TEXT,
        "status": _KEPT_TEXT,
        "stock": _KEPT_NUMBER,
        "version": _KEPT_NUMBER,
        "updatedAt": {"type": "date", "index": False, "doc_values": False},
        "images": {"type": "object", "enabled": False},
    },
}

REFRESH_INTERVAL = "1s"  # explicit: by default, an idle index refreshes only when it is searched


@cache
def index_template() -> dict[str, Any]:
    """Takes half a second to make, so whoever only searches does without."""
    return {
        "index_patterns": ["products-*"],
        "template": {
            "settings": {
                "index": {
                    "number_of_shards": 1,
                    "auto_expand_replicas": "0-1",
                    "refresh_interval": REFRESH_INTERVAL,
                    "search": {"slowlog": {"threshold": {"query": {"warn": "1s"}}}},
                    "indexing": {"slowlog": {"threshold": {"index": {"warn": "1s"}}}},
                    "analysis": _analysis(),
                }
            },
            "mappings": _MAPPINGS,
        },
    }
