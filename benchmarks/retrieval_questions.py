"""Labelled questions about the help documents: which document answers each, and by which passage.

A question shares at most one content word with its passage, so that meaning is measured and not spelling. Two thirds
are for tuning; the others are held out, and reported only. Some have no answer in any document.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

from local.emulator.knowledge_bases.texts import text_of
from local.sample_data.help_documents import DOCUMENTS

TUNING, HELD_OUT = "tuning", "held-out"

_FILE = Path(__file__).with_name("retrieval_questions.json")
_SUFFIXES = ("ingly", "edly", "ings", "ing", "ies", "ied", "ed", "es", "ers", "er", "ly", "s", "e", "y")
_SHORTEST_STEM = 3
_FUNCTION_WORDS = """
a about above after again all alright also am an and another any anybody anyone anything are around as at back be
because been before being but by can cannot could did do does doing done down each either else even ever every
everybody everything few for from get gets getting go goes got had has have having he her here him his how i if in
instead into is it its itself just like made make makes many may me might more much must my myself need needs no
nobody none nor not now of off on once one only or other others our out over own per please same she should so some
somebody someone something still such take taken takes than that the their them then there these they this those
through to too under until up us very want wants was we were what when where which while who whom whose why will
with within without would yes you your yourself
"""


@dataclass(frozen=True)
class Label:
    part: str
    question: str
    document: str | None = None
    """The file's name in DOCUMENTS; None if nothing answers the question."""
    quote: str | None = None
    """Words of the passage that answers."""

    @classmethod
    def of(cls, row: Mapping[str, str | None]) -> Self:
        return cls(row["set"] or "", row["question"] or "", row["document"], row["quote"])


def labels() -> list[Label]:
    return [Label.of(row) for row in json.loads(_FILE.read_text())]


@cache
def documents() -> dict[str, str]:
    """Texts by name, as a knowledge base reads them."""
    return {path.name: text_of(path.name, path.read_bytes()) for path in sorted(DOCUMENTS.iterdir())}


def passages(name: str) -> list[str]:
    """Paragraphs of a document, or the lines of a table or page."""
    between = r"\n\s*\n" if Path(name).suffix in {".md", ".txt"} else r"\n+"
    return [" ".join(passage.split()) for passage in re.split(between, documents()[name])]


@cache
def _function_words() -> frozenset[str]:
    return frozenset(_FUNCTION_WORDS.split())


def content_words(text: str) -> set[str]:
    """Their stems, roughly."""
    return {_stem(word) for word in re.findall(r"[a-z]+|\d+", text.lower().replace("’", "'")) if _counts(word)}


def _counts(word: str) -> bool:
    return (len(word) > 1 or word.isdigit()) and word not in _function_words()


def _stem(word: str) -> str:
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _SHORTEST_STEM:
            return word.removesuffix(suffix)
    return word
