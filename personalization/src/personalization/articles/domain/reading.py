"""Reading the chat history: a project's sessions, and the exchanges of each."""

from dataclasses import dataclass
from datetime import datetime

from personalization.articles.domain.history import ChatHistory, Exchange, SessionPage
from personalization.articles.domain.texts import Texts
from personalization.prompts.domain.editing import ProjectAccess
from personalization.prompts.domain.members import Role
from shared.auth.callers import Caller
from shared.errors import NotFound

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


class SessionService:
    """Members read their own sessions, admins everybody's."""

    def __init__(self, project_access: ProjectAccess, history: ChatHistory, texts: Texts) -> None:
        self._project_access, self._history, self._texts = project_access, history, texts

    def sessions(self, caller: Caller, project_id: str, after: str | None, limit: int, now: datetime) -> SessionPage:
        """The most recently used first. Raises NotFound."""
        self._project_access.authorize(caller, project_id, Role.VIEWER)
        user_id = None if _ADMINS in caller.groups else caller.user_id
        return self._history.sessions(project_id, user_id, after, limit, now)

    def messages(
        self, caller: Caller, project_id: str, session_id: str, *, after: str | None, limit: int, now: datetime
    ) -> ReadPage:
        """Newest first; fewer than `limit` if they are long. Raises NotFound, for another's session too."""
        self._project_access.authorize(caller, project_id, Role.VIEWER)
        session = self._history.session(session_id, now)
        is_own = session is not None and caller.user_id == session.user_id
        if session is None or session.project_id != project_id or not (is_own or _ADMINS in caller.groups):
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

    def _read(self, exchange: Exchange) -> ReadExchange:
        answer = self._texts.read(exchange.reply.answer) if exchange.reply else None
        return ReadExchange(exchange, self._texts.read(exchange.input), answer)
