"""Reading the chat history: a customer's own, and nobody else's."""

from datetime import datetime

from commerce.support.domain.history import ChatHistory, Exchange, Page, Session
from shared.auth.callers import Caller
from shared.errors import NotFound


class SessionService:
    def __init__(self, history: ChatHistory) -> None:
        self._history = history

    def sessions(self, caller: Caller, after: str | None, limit: int, now: datetime) -> Page[Session]:
        """The most recently used first."""
        return self._history.sessions(caller.user_id, after, limit, now)

    def messages(self, caller: Caller, session_id: str, after: str | None, limit: int, now: datetime) -> Page[Exchange]:
        """Newest first. Raises NotFound, for another's session too."""
        session = self._history.session(session_id, now)
        if session is None or session.user_id != caller.user_id:
            raise NotFound("There is no such session.")
        return self._history.exchanges(session, after, limit, now)
