"""Conversations that a socket opens, in the Sessions table."""

from personalization.agent.adapters.items import session_item
from personalization.agent.domain.conversation import Session
from shared.dynamodb.tables import Table, attribute


class DynamoSessions:
    def __init__(self, sessions_table: str) -> None:
        self._sessions = Table(sessions_table)

    def open(self, session: Session) -> None:
        """One conditional put."""
        mine = attribute("sessionId").missing() | (attribute("userId") == session.user_id)
        self._sessions.put(session_item(session), mine)
