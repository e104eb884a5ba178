"""What clients receive about sessions and their messages."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Literal

from personalization.articles.domain.history import Session, SessionPage
from personalization.articles.domain.listing import Listing, RunPage, RunSummary
from personalization.articles.domain.pricing import Cost
from personalization.articles.domain.reading import ReadExchange, ReadPage
from personalization.articles.domain.starting import ArticleJob
from shared.http.cursors import Cursors
from shared.models.model import Usage
from shared.runs.routes import RunAnswer, run_answer
from shared.runs.run import Frame, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleRunAnswer(RunAnswer):
    """`promptCardsUsed` are the versions of prompts that the article goes through."""

    prompt_cards_used: tuple[str, ...]


def article_run_answer(run: Run, frames: Sequence[Frame]) -> ArticleRunAnswer:
    answer = run_answer(run, frames)
    values = {each.name: getattr(answer, each.name) for each in fields(answer)}
    return ArticleRunAnswer(**values, prompt_cards_used=tuple(map(str, ArticleJob.of_json(run.request).cards)))


@dataclass(frozen=True, slots=True, kw_only=True)
class RunItem:
    """`processingTime` is in milliseconds; what only the end determines is null until then."""

    run_id: str
    session_id: str
    user_id: str
    status: Literal["running", "done", "stopped", "failed"]
    prompt_cards_used: tuple[str, ...]
    started_at: datetime
    processing_time: int | None
    usage: Usage | None
    cost: Cost | None


@dataclass(frozen=True, slots=True)
class RunList:
    items: tuple[RunItem, ...]
    next_cursor: str | None


def runs_scope(project_id: str, user_id: str, listing: Listing) -> str:
    """The scope of cursors of the runs that a user sees."""
    return repr(("runs", project_id, user_id, listing))


def runs_answer(scope: str, page: RunPage, cursors: Cursors) -> RunList:
    return RunList(tuple(map(_run_item, page.items)), cursors.make(scope, page.next_position))


def _run_item(run: RunSummary) -> RunItem:
    return RunItem(
        run_id=run.run_id,
        session_id=run.session_id,
        user_id=run.user_id,
        status=run.status.value,
        prompt_cards_used=tuple(map(str, run.cards_used)),
        started_at=run.started_at,
        processing_time=run.processing_ms,
        usage=run.usage,
        cost=run.cost,
    )


@dataclass(frozen=True, slots=True)
class SessionList:
    items: tuple[Session, ...]
    next_cursor: str | None


def sessions_scope(project_id: str, user_id: str) -> str:
    """The scope of cursors of the sessions that a user sees."""
    return f"sessions:{project_id}:{user_id}"


def sessions_answer(scope: str, page: SessionPage, cursors: Cursors) -> SessionList:
    return SessionList(page.items, cursors.make(scope, page.next_position))


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageItem:
    """`processingTime` is in milliseconds; what only the end determines is null until then."""

    run_id: str
    user_id: str
    timestamp: datetime
    user_input: str
    assistant_response: str | None
    prompt_cards_used: tuple[str, ...]
    processing_time: int | None
    usage: Usage | None
    cost: Cost | None
    status: Literal["running", "done", "stopped", "failed"]


@dataclass(frozen=True, slots=True)
class MessageList:
    items: tuple[MessageItem, ...]
    next_cursor: str | None


def messages_scope(project_id: str, session_id: str) -> str:
    """The scope of cursors of a session's messages."""
    return f"messages:{project_id}:{session_id}"


def messages_answer(scope: str, page: ReadPage, cursors: Cursors) -> MessageList:
    return MessageList(tuple(map(_message_item, page.items)), cursors.make(scope, page.next_position))


def _message_item(read: ReadExchange) -> MessageItem:
    exchange, reply = read.exchange, read.exchange.reply
    return MessageItem(
        run_id=exchange.run_id,
        user_id=exchange.user_id,
        timestamp=exchange.sent_at,
        user_input=read.input,
        assistant_response=read.answer,
        prompt_cards_used=tuple(str(card) for card in exchange.cards_used),
        processing_time=reply.processing_ms if reply else None,
        usage=reply.usage if reply else None,
        cost=reply.cost if reply else None,
        status=reply.status if reply else "running",
    )
