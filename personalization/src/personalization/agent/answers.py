"""What clients receive of conversations."""

from dataclasses import dataclass
from datetime import datetime

from personalization.agent.domain.agent import BasisItem
from personalization.agent.domain.conversation import Conversation, Interaction, SourceItem
from personalization.agent.domain.conversations import Page
from shared.http.cursors import Cursors
from shared.runs.run import Outcome


@dataclass(frozen=True, slots=True)
class ConversationList:
    items: tuple[Conversation, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnItem:
    """A question and its answer; of one that was stopped or has failed, as much as was shown."""

    interaction_id: str
    requested_at: datetime
    input: str
    content: str
    status: Outcome
    basis: tuple[BasisItem, ...]
    sources: tuple[SourceItem, ...]


@dataclass(frozen=True, slots=True)
class TurnList:
    items: tuple[TurnItem, ...]
    next_cursor: str | None


def conversations_scope(user_id: str) -> str:
    """The scope of cursors of somebody's conversations."""
    return f"agent sessions:{user_id}"


def turns_scope(user_id: str, session_id: str) -> str:
    return f"agent turns:{user_id}:{session_id}"


def conversations_answer(scope: str, page: Page[Conversation], cursors: Cursors) -> ConversationList:
    return ConversationList(page.items, cursors.make(scope, page.next_position))


def turns_answer(scope: str, page: Page[Interaction], cursors: Cursors) -> TurnList:
    return TurnList(tuple(map(_turn, page.items)), cursors.make(scope, page.next_position))


def _turn(turn: Interaction) -> TurnItem:
    return TurnItem(
        interaction_id=turn.interaction_id,
        requested_at=turn.occurred_at,
        input=turn.input,
        content=turn.content,
        status=turn.status,
        basis=tuple(BasisItem(fact.name, fact.value) for fact in turn.basis),
        sources=turn.sources,
    )
