"""Turns of conversations with the agent in DynamoDB."""

from datetime import datetime

from personalization.agent.adapters.records import (
    ALL,
    ConversationRecord,
    InteractionRecord,
    SessionRecord,
    last_turn_of,
)
from personalization.agent.domain.conversation import Interaction, Session, title_of
from personalization.memory.adapters.context import ContextRecord, latest_context
from personalization.memory.domain.context import SupporterContext
from shared.dynamodb.transactions import Transaction
from shared.persistence.unit_of_work import UnitOfWork

CONTEXT, SESSION, INTERACTION = "context", "session", "interaction"
CONVERSATION, ALL_CONVERSATIONS = "conversation", "all conversations"
"""What a turn's writes are called where a transaction says which of them was refused."""


class DynamoTurns:
    """Reads and writes Context, Sessions, Interactions and Conversations."""

    def __init__(
        self, context_table: str, sessions_table: str, interactions_table: str, conversations_table: str
    ) -> None:
        self._contexts = ContextRecord.at(context_table)
        self._sessions, self._interactions = SessionRecord.at(sessions_table), InteractionRecord.at(interactions_table)
        self._conversations = ConversationRecord.at(conversations_table)

    def add_turn(
        self,
        unit_of_work: UnitOfWork,
        interaction: Interaction,
        context: SupporterContext | None,
        session: Session | None,
        now: datetime,
    ) -> None:
        """Have a transaction write a turn: its INTERACTION, and where they are given its CONTEXT and its SESSION.

        What supporters say themselves also counts in their CONVERSATION, unless they have deleted it since.
        """
        transaction = Transaction.of(unit_of_work)
        if context:
            record = self._contexts.of(interaction.user_id, context)
            transaction.save(CONTEXT, record, ContextRecord.version.does_not_exist())
        if session:
            own = (
                SessionRecord.session_id.does_not_exist()
                | (SessionRecord.user_id == session.user_id)
                | (SessionRecord.expires_at <= now)
            )
            transaction.save(SESSION, self._sessions.of(session), own)
        new = InteractionRecord.timestamp.does_not_exist()
        transaction.save(INTERACTION, self._interactions.of(interaction), new)
        if interaction.is_own:
            self._count(transaction, interaction)

    def was_deleted(self, user_id: str, session_id: str, since: datetime) -> bool:
        """One BatchGetItem."""
        found = self._conversations.find_many([(user_id, session_id), (user_id, ALL)])
        return any(record.deleted_at and record.deleted_at >= since for record in found)

    def _count(self, transaction: Transaction, interaction: Interaction) -> None:
        at = interaction.occurred_at
        is_kept = ConversationRecord.deleted_at.does_not_exist() | (ConversationRecord.deleted_at < at)
        record = self._conversations(interaction.user_id, interaction.session_id)
        title, started_at = ConversationRecord.title, ConversationRecord.started_at
        counted = [
            title.set(title | title_of(interaction.input)),
            started_at.set(started_at | at),
            ConversationRecord.last_turn.set(last_turn_of(interaction)),
            ConversationRecord.turns.add(1),
            ConversationRecord.deleted_at.remove(),
            ConversationRecord.expires_at.remove(),
        ]
        transaction.change(CONVERSATION, record, counted, is_kept)
        transaction.require(ALL_CONVERSATIONS, self._conversations(interaction.user_id, ALL), is_kept)

    def latest_context(self, user_id: str) -> SupporterContext:
        return latest_context(self._contexts, user_id)

    def session(self, session_id: str, now: datetime) -> Session | None:
        """One GetItem. An expired session is gone, whether or not DynamoDB has got round to deleting it."""
        record = self._sessions.find(session_id)
        session = record.to_session() if record else None
        return session if session and session.expires_at > now else None
