"""The chat history for its users: a project's sessions, and the exchanges of each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from personalization.articles.domain.history import ChatHistory, Exchange, Session, SessionPage
from personalization.articles.domain.texts import Texts
from personalization.prompts.domain.editing import ProjectAccess
from personalization.prompts.domain.members import Role
from shared.auth.callers import Caller
from shared.errors import NotFound, Unavailable
from shared.resilience.deadline import Deadline

_MAX_CHARACTERS = 500_000  # of a page: a response of Lambda has at most 6 MB
_ADMINS = "admin"


@dataclass(frozen=True, slots=True)
class ReadExchange:
    """An exchange with its texts; `answer` is None while it is worked on."""

    exchange: Exchange
    input: str
    answer: str | None


@dataclass(frozen=True, slots=True)
class ReadPage:
    items: tuple[ReadExchange, ...]
    next_position: str | None


class SessionEraser(Protocol):
    def erase(self, session: Session, now: datetime, deadline: Deadline) -> bool:
        """Delete a session with its messages, their runs and texts; what is being written is stopped.

        False if some is left, as time is up or another message has come. May be repeated. Raises Unavailable.
        """
        ...


class SessionService:
    """Members read their own sessions, admins everybody's; only their users rename and delete them."""

    def __init__(
        self, project_access: ProjectAccess, history: ChatHistory, texts: Texts, eraser: SessionEraser
    ) -> None:
        self._project_access, self._history, self._texts = project_access, history, texts
        self._eraser = eraser

    def sessions(self, caller: Caller, project_id: str, after: str | None, limit: int, now: datetime) -> SessionPage:
        """The most recently used first. Raises NotFound."""
        self._project_access.authorize(caller, project_id, Role.VIEWER)
        user_id = None if _ADMINS in caller.groups else caller.user_id
        return self._history.sessions(project_id, user_id, after, limit, now)

    def messages(
        self, caller: Caller, project_id: str, session_id: str, *, after: str | None, limit: int, now: datetime
    ) -> ReadPage:
        """Newest first; fewer than `limit` if they are long. Raises NotFound, for another's session too."""
        session = self._found(caller, project_id, session_id, now)
        if session.user_id != caller.user_id and _ADMINS not in caller.groups:
            raise NotFound("There is no such session.")
        page = self._history.exchanges(session, after, limit, now)
        read: list[ReadExchange] = []
        characters = 0
        for exchange in page.items:
            next_ = self._read(exchange)
            characters += len(next_.input) + len(next_.answer or "")
            if read and characters > _MAX_CHARACTERS:
                return ReadPage(tuple(read), read[-1].exchange.position)
            read.append(next_)
        return ReadPage(tuple(read), page.next_position)

    def rename(self, caller: Caller, project_id: str, session_id: str, title: str, now: datetime) -> Session:
        """Raises NotFound, for another's session too."""
        return self._history.rename(self._own(caller, project_id, session_id, now), title)

    def delete(self, caller: Caller, project_id: str, session_id: str, now: datetime, deadline: Deadline) -> None:
        """Raises NotFound, for another's session too; Unavailable if some is left, which a repetition deletes."""
        session = self._own(caller, project_id, session_id, now)
        if not self._eraser.erase(session, now, deadline):
            raise Unavailable("Not all of the session could be deleted yet: try again.", retry_after_seconds=1)

    def _own(self, caller: Caller, project_id: str, session_id: str, now: datetime) -> Session:
        session = self._found(caller, project_id, session_id, now)
        if session.user_id != caller.user_id:
            raise NotFound("There is no such session.")
        return session

    def _found(self, caller: Caller, project_id: str, session_id: str, now: datetime) -> Session:
        """A session of anybody's. Raises NotFound."""
        self._project_access.authorize(caller, project_id, Role.VIEWER)
        session = self._history.session(session_id, now)
        if session is None or session.project_id != project_id:
            raise NotFound("There is no such session.")
        return session

    def _read(self, exchange: Exchange) -> ReadExchange:
        answer = self._texts.read(exchange.reply.answer) if exchange.reply else None
        return ReadExchange(exchange, self._texts.read(exchange.input), answer)
