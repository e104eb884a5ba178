"""Passages: parts of documents that a question was answered with, and where they come from."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Source:
    """A document that can be cited: `version` changes with its text."""

    document_id: str
    title: str
    version: int


@dataclass(frozen=True, slots=True)
class Found:
    """What was retrieved, of which document; `score` is higher for what is nearer, and means nothing by itself."""

    document_id: str
    source: str
    text: str
    score: float

    @property
    def passage_id(self) -> str:
        return passage_id_of(self.document_id, self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """`source` is where the document lies: the key of its object."""

    document_id: str
    version: int
    title: str
    source: str
    text: str
    score: float

    @property
    def passage_id(self) -> str:
        return passage_id_of(self.document_id, self.text)


def passage_id_of(document_id: str, text: str) -> str:
    """The same wherever a document says the same."""
    return sha256(f"{document_id}\n{text}".encode(errors="surrogatepass")).hexdigest()[:32]


class KnowledgeBase(Protocol):
    def retrieve(self, question: str, limit: int) -> tuple[Found, ...]:
        """What is nearest to the question. Raises Unavailable."""
        ...


class Sources(Protocol):
    def searchable(self, document_ids: Collection[str]) -> Mapping[str, Source]:
        """Those of the documents that are searchable as they are now, by id.

        One that was changed or deleted is not, from before its text changes until that is searchable. Raises
        Unavailable.
        """
        ...


def passages_of(found: Collection[Found], sources: Mapping[str, Source]) -> tuple[Passage, ...]:
    """What was found of documents that are there, each once, in the order in which it was found."""
    passages = [
        Passage(
            document_id=each.document_id,
            version=sources[each.document_id].version,
            title=sources[each.document_id].title,
            source=each.source,
            text=each.text,
            score=each.score,
        )
        for each in found
        if each.document_id in sources and each.text.strip()
    ]
    return tuple({passage.passage_id: passage for passage in reversed(passages)}.values())[::-1]


def are_current(passages: Collection[Passage], sources: Mapping[str, Source]) -> bool:
    """Whether every document still says what it said."""
    return all(each.document_id in sources and sources[each.document_id].version == each.version for each in passages)
