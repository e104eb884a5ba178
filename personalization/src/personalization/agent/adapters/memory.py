"""The agent's memory in DynamoDB."""

from datetime import datetime

from personalization.agent.adapters.records import (
    ALL,
    ConversationRecord,
    InteractionRecord,
    SessionRecord,
    last_turn_of,
    turns_of,
)
from personalization.agent.domain.agent import Recollection
from personalization.agent.domain.conversation import (
    MAX_TURNS,
    Interaction,
    Question,
    Session,
    Standing,
    title_of,
)
from personalization.donations.adapters.ledger import newest_donations
from personalization.donations.adapters.records import RowRecord, TotalRecord
from personalization.memory.adapters.context import ContextRecord, latest_context
from personalization.memory.domain.context import SupporterContext
from personalization.supporters.adapters.records import SupporterRecord
from personalization.supporters.adapters.supporters import supporter_of
from shared.dynamodb.connection import readers
from shared.dynamodb.records import select
from shared.dynamodb.transactions import Transaction
from shared.errors import NotFound, VersionConflict
from shared.idempotency.claims import Claim, FirstAnswer, translated_refusals
from shared.idempotency.first_answers import DynamoFirstAnswers
from shared.json.encoding import rfc3339
from shared.persistence.unit_of_work import UnitOfWork, WriteRefused

CONTEXT, SESSION, INTERACTION = "context", "session", "interaction"
CONVERSATION, ALL_CONVERSATIONS = "conversation", "all conversations"
"""What a turn's writes are called where a transaction says which of them was refused."""


class DynamoMemory:
    """Reads Users and Donations; reads and writes Context, Sessions, Interactions, Conversations and first answers."""

    def __init__(
        self,
        users_table: str,
        donations_table: str,
        context_table: str,
        sessions_table: str,
        interactions_table: str,
        conversations_table: str,
        first_answers_table: str,
    ) -> None:
        self._users, self._contexts = SupporterRecord.at(users_table), ContextRecord.at(context_table)
        self._rows, self._totals = RowRecord.at(donations_table), TotalRecord.at(donations_table)
        self._sessions, self._interactions = SessionRecord.at(sessions_table), InteractionRecord.at(interactions_table)
        self._conversations = ConversationRecord.at(conversations_table)
        self._first_answers = DynamoFirstAnswers(first_answers_table)

    def recall(self, question: Question, now: datetime, claim: Claim | None = None) -> Recollection | None:
        """Two GetItems, with a claim three, and four Queries in one round. Of gifts, those that are not anonymous."""
        user_id, session_id = question.user_id, question.session_id
        donations = newest_donations(self._rows, self._totals, user_id, anonymous=False)
        context = readers().submit(latest_context, self._contexts, user_id)
        turns = readers().submit(self._turns, user_id, session_id)
        session = readers().submit(self.session, session_id, now)
        first = readers().submit(self._first_answers.find, claim.record_id, now) if claim else None
        supporter = supporter_of(self._users, user_id)
        giving, latest, live, said = donations(), context.result(), session.result(), turns.result()
        is_answered = first is not None and first.result() is not None
        if supporter is None:
            return None
        own = [record for record in said if live and record.timestamp > rfc3339(live.since)]
        remembered = tuple(record.to_turn() for record in reversed(own))
        return Recollection(supporter, giving, latest, live, remembered, is_answered)

    def record(
        self,
        interaction: Interaction,
        context: SupporterContext,
        session: Session,
        now: datetime,
        first_answer: FirstAnswer | None = None,
    ) -> None:
        """One transaction of three conditional puts, an update and a check, with a first answer one put more."""
        transaction = Transaction()
        self.add_turn(transaction, interaction, context, session, now)
        self._first_answers.record(first_answer, transaction)
        try:
            with translated_refusals():
                transaction.commit()
        except WriteRefused as error:
            if SESSION in error.refused:
                raise NotFound("There is no such session.") from error
            if not error.refused.isdisjoint({CONVERSATION, ALL_CONVERSATIONS}):
                raise NotFound("You have deleted this conversation.") from error
            if CONTEXT in error.refused:
                raise VersionConflict from error
            raise

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

    def standing(self, user_id: str, session_id: str, now: datetime) -> Standing:
        """Two GetItems in one round."""
        session = readers().submit(self.session, session_id, now)
        is_supporter = self._users.find(user_id, attributes=[self._users.user_id]) is not None
        return Standing(is_supporter, session.result())

    def latest_context(self, user_id: str) -> SupporterContext:
        return latest_context(self._contexts, user_id)

    def _turns(self, user_id: str, session_id: str) -> list[InteractionRecord]:
        """The newest turns of a user under a session's id, newest first."""
        in_session = InteractionRecord.turn.startswith(turns_of(session_id))
        index = self._interactions.by_session
        return select(index, user_id, in_session, newest_first=True, limit=MAX_TURNS, consistent=True)

    def session(self, session_id: str, now: datetime) -> Session | None:
        """One GetItem. An expired session is gone, whether or not DynamoDB has got round to deleting it."""
        record = self._sessions.find(session_id)
        session = record.to_session() if record else None
        return session if session and session.expires_at > now else None
