"""The agent's memory in DynamoDB."""

from datetime import datetime

from personalization.agent.adapters.context import latest_context
from personalization.agent.adapters.items import context_item, interaction_item, session_in, session_item, turn_in
from personalization.agent.domain.agent import Recollection
from personalization.agent.domain.context import SupporterContext
from personalization.agent.domain.conversation import Interaction, Session, Standing, Turn
from personalization.donations.adapters.ledger import newest_donations
from personalization.supporters.adapters.supporters import supporter_of
from shared.dynamodb.tables import Table, attribute, readers
from shared.dynamodb.transactions import Cancelled, Transaction
from shared.errors import NotFound, VersionConflict
from shared.persistence.unit_of_work import UnitOfWork

TURNS_AT_MOST = 10
CONTEXT, SESSION, INTERACTION = "context", "session", "interaction"
"""What a turn's writes are called where a transaction says which of them was refused."""


class DynamoMemory:
    """Reads Users, Donations, Context, Sessions and Interactions; writes the last three."""

    def __init__(
        self, users_table: str, donations_table: str, context_table: str, sessions_table: str, interactions_table: str
    ) -> None:
        self._users, self._donations, self._contexts = Table(users_table), Table(donations_table), Table(context_table)
        self._sessions, self._interactions = Table(sessions_table), Table(interactions_table)

    def recall(self, user_id: str, session_id: str, now: datetime) -> Recollection | None:
        """Two GetItems and four Queries in one round. Of gifts, those that are not anonymous."""
        donations = newest_donations(self._donations, user_id, anonymous=False)
        context = readers().submit(latest_context, self._contexts, user_id)
        turns = readers().submit(self._turns, user_id, session_id)
        session = readers().submit(self.session, session_id, now)
        supporter = supporter_of(self._users, user_id)
        giving, latest, live, said = donations(), context.result(), session.result(), turns.result()
        remembered = said if live and live.user_id == user_id else ()
        return Recollection(supporter, giving, latest, live, remembered) if supporter else None

    def record(self, interaction: Interaction, context: SupporterContext, session: Session, now: datetime) -> None:
        """One transaction of three conditional puts."""
        transaction = Transaction()
        self.add_turn(transaction, interaction, context, session, now)
        try:
            transaction.commit()
        except Cancelled as cancelled:
            if SESSION in cancelled.refused:
                raise NotFound("There is no such session.") from cancelled
            if CONTEXT in cancelled.refused:
                raise VersionConflict from cancelled
            raise

    def add_turn(
        self,
        unit_of_work: UnitOfWork,
        interaction: Interaction,
        context: SupporterContext | None,
        session: Session | None,
        now: datetime,
    ) -> None:
        """Have a transaction write a turn: its INTERACTION, and where they are given its CONTEXT and its SESSION."""
        transaction = Transaction.of(unit_of_work)
        if context:
            item = context_item(interaction.user_id, context)
            transaction.put(CONTEXT, self._contexts, item, attribute("version").missing())
        if session:
            mine = (
                attribute("sessionId").missing()
                | (attribute("userId") == session.user_id)
                | (attribute("expiresAt") <= int(now.timestamp()))
            )
            transaction.put(SESSION, self._sessions, session_item(session), mine)
        new = attribute("timestamp").missing()
        transaction.put(INTERACTION, self._interactions, interaction_item(interaction), new)

    def standing(self, user_id: str, session_id: str, now: datetime) -> Standing:
        """Two GetItems in one round."""
        session = readers().submit(self.session, session_id, now)
        is_supporter = self._users.get({"userId": user_id}, attributes=("userId",)) is not None
        return Standing(is_supporter, session.result())

    def latest_context(self, user_id: str) -> SupporterContext:
        return latest_context(self._contexts, user_id)

    def _turns(self, user_id: str, session_id: str) -> tuple[Turn, ...]:
        """Those of this session among the user's newest TURNS_AT_MOST, oldest first."""
        newest = self._interactions.query(attribute("userId") == user_id, newest_first=True, limit=TURNS_AT_MOST)
        return tuple(turn_in(item) for item in reversed(newest) if item["sessionId"] == session_id)

    def session(self, session_id: str, now: datetime) -> Session | None:
        """One GetItem. An expired session is gone, whether or not DynamoDB has got round to deleting it."""
        item = self._sessions.get({"sessionId": session_id})
        session = session_in(item) if item else None
        return session if session and session.expires_at > now else None
