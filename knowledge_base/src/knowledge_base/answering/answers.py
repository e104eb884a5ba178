"""What staff receive about suggested replies and gaps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from knowledge_base.answering.domain.gaps import ClusterPage
from shared.http.cursors import Cursors
from shared.runs.routes import RunAnswer, run_answer
from shared.runs.run import Frame, Run


@dataclass(frozen=True, slots=True)
class CitationItem:
    """`quote` stands in the document's version, letter by letter."""

    sentence: str
    document_id: str
    title: str
    version: int
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRunAnswer(RunAnswer):
    """`citations` has every sentence of a reply that is done; `gap` says that no document answers the ticket."""

    citations: tuple[CitationItem, ...]
    gap: bool


def reply_run_answer(run: Run, frames: Sequence[Frame]) -> ReplyRunAnswer:
    ended = frames[-1].fields if frames and frames[-1].is_terminal else {}
    answer = run_answer(run, frames)
    return ReplyRunAnswer(
        **{each.name: getattr(answer, each.name) for each in fields(answer)},
        citations=tuple(map(_citation, ended.get("citations", ()))),
        gap=ended.get("gap", False),
    )


def _citation(message: Mapping[str, Any]) -> CitationItem:
    return CitationItem(
        message["sentence"], message["documentId"], message["title"], message["version"], message["quote"]
    )


@dataclass(frozen=True, slots=True)
class GapItem:
    """Tickets that ask the same: `question` is the one in their middle, `examples` are some of the others."""

    question: str
    count: int
    examples: tuple[str, ...]
    last_at: datetime


@dataclass(frozen=True, slots=True)
class GapList:
    items: tuple[GapItem, ...]
    next_cursor: str | None


def gap_list(page: ClusterPage, scope: str, cursors: Cursors) -> GapList:
    items = (GapItem(each.question, each.count, each.examples, each.last_at) for each in page.items)
    return GapList(tuple(items), cursors.make(scope, page.after))
