"""Answers whose every sentence cites a passage, for a schema that asks for them: a list of objects with `quote`.

The passages that are nearest to the question are quoted, as far as they are near at all: by their meaning where the
embedding model is installed, otherwise by the words that they share with it.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from math import sumprod
from typing import Any

from local.model import embeddings
from local.model.grounding import Passage, sentences, subjects
from local.model.injections import is_suspicious
from local.model.prompt import Json

_MAX_SENTENCES = 3
_NEAR = 0.3
"""The cosine of MiniLM's vectors from which on a sentence answers a question; what is not about it has less."""
_CLOSE = 0.8
"""Of the nearest one's nearness: others that have less add nothing."""
_DIMENSIONS = 512


def list_of_citations(schema: Json | None) -> str | None:
    """The name of the property whose elements cite passages; None for any other schema."""
    for name, part in ((schema or {}).get("properties") or {}).items():
        if "quote" in ((part.get("items") or {}).get("properties") or {}):
            return str(name)
    return None


def cite(question: str, passages: Sequence[Passage]) -> list[Json]:
    """The sentences that answer the question, the nearest first; none where none is near."""
    if is_suspicious(question):
        return []
    likeness = _by_meaning(question) if embeddings.are_installed() else _by_words(question)
    found = sorted(
        ((likeness(sentence), -at, passage, sentence) for at, (passage, sentence) in enumerate(_said(passages))),
        key=lambda each: each[:2],
        reverse=True,
    )
    best = found[0][0] if found else 0.0
    near = [each for each in found if each[0] >= max(_NEAR, _CLOSE * best)][:_MAX_SENTENCES]
    return [citation(sentence, passage, sentence) for _, _, passage, sentence in near]


def citation(sentence: str, passage: Passage, quote: str) -> Json:
    return {"sentence": sentence, "passage": int(passage.id) if passage.id.isdigit() else passage.id, "quote": quote}


def _said(passages: Sequence[Passage]) -> Iterator[tuple[Passage, str]]:
    for passage in passages:
        for sentence in sentences(passage.text):
            if len(sentence.split()) > 2 and not is_suspicious(sentence):
                yield passage, sentence


def _by_meaning(question: str) -> Callable[[str], float]:
    wanted = _vector(question)
    return lambda sentence: sumprod(wanted, _vector(sentence))


def _by_words(question: str) -> Callable[[str], float]:
    wanted = subjects(question)
    return lambda sentence: len(wanted & subjects(sentence)) / max(1, min(len(wanted), 4))


@lru_cache(maxsize=2000)
def _vector(text: str) -> Sequence[float]:
    body: Any = {"inputText": text[:2000], "dimensions": _DIMENSIONS}
    vector: list[float] = embeddings.embed(embeddings.read(body))["embedding"]
    return vector
