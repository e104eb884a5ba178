"""The agent's memory in DynamoDB."""

from datetime import datetime

from personalization.agent.adapters.records import InteractionRecord, turns_of
from personalization.agent.adapters.turns import ALL_CONVERSATIONS, CONTEXT, CONVERSATION, SESSION, DynamoTurns
from personalization.agent.domain.agent import Recollection
from personalization.agent.domain.conversation import MAX_TURNS, Interaction, Question, Session, Standing
from personalization.donations.adapters.ledger import newest_donations
from personalization.donations.adapters.records import RowRecord, TotalRecord
from personalization.memory.adapters.context import latest_context
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
from shared.persistence.unit_of_work import WriteRefused


class DynamoMemory(DynamoTurns):
    """Reads Users and Donations besides, and reads and writes first answers."""

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
        super().__init__(context_table, sessions_table, interactions_table, conversations_table)
        self._users = SupporterRecord.at(users_table)
        self._rows, self._totals = RowRecord.at(donations_table), TotalRecord.at(donations_table)
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

    def standing(self, user_id: str, session_id: str, now: datetime) -> Standing:
        """Two GetItems in one round."""
        session = readers().submit(self.session, session_id, now)
        is_supporter = self._users.find(user_id, attributes=[self._users.user_id]) is not None
        return Standing(is_supporter, session.result())

    def _turns(self, user_id: str, session_id: str) -> list[InteractionRecord]:
        """The newest turns of a user under a session's id, newest first."""
        in_session = InteractionRecord.turn.startswith(turns_of(session_id))
        index = self._interactions.by_session
        return select(index, user_id, in_session, newest_first=True, limit=MAX_TURNS, consistent=True)
