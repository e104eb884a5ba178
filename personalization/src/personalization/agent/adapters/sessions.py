"""Conversations that a socket opens, in the Sessions table."""

from personalization.agent.adapters.records import SessionRecord
from personalization.agent.domain.conversation import Session


class DynamoSessions:
    def __init__(self, sessions_table: str) -> None:
        self._sessions = SessionRecord.at(sessions_table)

    def open(self, session: Session) -> None:
        """One conditional put."""
        own = SessionRecord.session_id.does_not_exist() | (SessionRecord.user_id == session.user_id)
        self._sessions.of(session).put(own)
