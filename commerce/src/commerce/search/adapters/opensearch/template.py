"""The index template: analyzers and mappings.

Text is analyzed as `shared.text.words` and the tantivy index do it. A changed template takes effect with the next
rebuild; until then, fields that the index does not have are stored but not searched.
"""

from typing import Any

from commerce.search.adapters.irregular_words import STEMS

MAX_WORD_LENGTH = 64

# Quantifiers are possessive, and repeated letters are no group: otherwise Java's matcher recurses for each letter, and
# the stack overflow of a long word ends the whole node.
_ACCENTS = r"\u0300-\u036f"
_LETTERS = rf"[\p{{L}}\p{{N}}][\p{{L}}\p{{N}}{_ACCENTS}]*+"  # with accents of their own

_WORDS = ["without_possessive", "without_apostrophes", "without_accents", "lowercase", "asciifolding", "beginning"]

_ANALYSIS = {
    "tokenizer": {
        "words": {
            "type": "pattern",
            "pattern": rf"{_LETTERS}(?:['’ʼ]{_LETTERS})*+",
            "group": 0,
        }
    },
    "filter": {
        "without_possessive": {"type": "pattern_replace", "pattern": "['’ʼ]s$", "replacement": ""},
        "without_apostrophes": {"type": "pattern_replace", "pattern": "['’ʼ]", "replacement": ""},
        "without_accents": {"type": "pattern_replace", "pattern": f"[{_ACCENTS}]", "replacement": ""},
        "beginning": {"type": "truncate", "length": MAX_WORD_LENGTH},  # of overlong words
        "irregular": {"type": "stemmer_override", "rules": [f"{form} => {stem}" for form, stem in STEMS.items()]},
        "stem": {"type": "stemmer", "language": "porter2"},  # of regular words
        # a wrong first letter counts as two typos: short words have to begin as typed
        "first_letter_twice": {"type": "pattern_replace", "pattern": "^(.)", "replacement": "$1$1"},
    },
    "analyzer": {
        "stemmed": {"type": "custom", "tokenizer": "words", "filter": [*_WORDS, "irregular", "stem"]},
        "spelled": {"type": "custom", "tokenizer": "words", "filter": [*_WORDS, "first_letter_twice"]},
    },
}

_SPELLED = {"type": "text", "analyzer": "spelled", "index_options": "docs", "norms": False}


def _searched() -> dict[str, Any]:
    return {"type": "text", "analyzer": "stemmed", "fields": {"spelling": _SPELLED}, "copy_to": "spelling"}


_KEPT_NUMBER = {"type": "long", "index": False, "doc_values": False}
_KEPT_TEXT = {"type": "keyword", "index": False, "doc_values": False}

_MAPPINGS = {
    "dynamic": False,
    "properties": {
        "productId": {"type": "keyword"},
        "listed": {"type": "boolean"},
        "name": _searched(),
        "description": _searched(),
        "tags": _searched(),
        "compounds": {"type": "text", "analyzer": "stemmed", "copy_to": "spelling"},
        "spelling": _SPELLED,
        "category": {"type": "keyword"},
        "kind": {"type": "keyword"},
        "amount": {"type": "long"},
        "createdAt": {"type": "date"},
        "wholeName": {"type": "keyword"},
        "nameWords": {"type": "keyword"},
        "currency": _KEPT_TEXT,
        "status": _KEPT_TEXT,
        "stock": _KEPT_NUMBER,
        "version": _KEPT_NUMBER,
        "updatedAt": {"type": "date", "index": False, "doc_values": False},
        "images": {"type": "object", "enabled": False},
    },
}

REFRESH_INTERVAL = "1s"  # explicit: by default, an idle index refreshes only when it is searched

TEMPLATE = {
    "index_patterns": ["products-*"],
    "template": {
        "settings": {
            "index": {
                "number_of_shards": 1,
                "auto_expand_replicas": "0-1",
                "refresh_interval": REFRESH_INTERVAL,
                "search": {"slowlog": {"threshold": {"query": {"warn": "1s"}}}},
                "indexing": {"slowlog": {"threshold": {"index": {"warn": "1s"}}}},
                "analysis": _ANALYSIS,
            }
        },
        "mappings": _MAPPINGS,
    },
}
