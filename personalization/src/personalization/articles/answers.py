"""What clients receive about sessions and their messages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from personalization.articles.domain.history import Session, SessionPage
from personalization.articles.domain.pricing import Cost
from personalization.articles.domain.reading import ReadExchange, ReadPage
from shared.http.cursors import Cursors
from shared.models.model import Usage


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
