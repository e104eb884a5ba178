"""The chat history of projects: sessions, and the exchanges in them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from personalization.articles.domain.pricing import Cost
from personalization.articles.domain.texts import KeptText
from personalization.prompts.domain.cards import CardUsed
from shared.json.encoding import rfc3339
from shared.models.model import Usage
from shared.persistence.unit_of_work import Write

HISTORY_LIFE = timedelta(days=90)
MAX_MESSAGES_REMEMBERED = 50
MAX_TITLE = 100
PAGE_SIZE, MAX_PAGE_SIZE = 20, 50
SESSION = "session"
"""The name of a session's write, which is refused if the session is somebody else's."""


@dataclass(frozen=True, slots=True)
class Session:
    """A chat within a project, visible to its user; it lives as long as the last of its messages."""

    session_id: str
    project_id: str
    user_id: str
    started_at: datetime
    last_message_at: datetime
    title: str

    @property
    def expires_at(self) -> datetime:
        return self.last_message_at + HISTORY_LIFE


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to an article; `usage` may be an estimate."""

    answer: KeptText
    processing_ms: int
    usage: Usage
    cost: Cost
    status: Literal["done", "stopped", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """An article and the reply to it, None while it is worked on. `run_id` identifies it."""

    session_id: str
    run_id: str
    project_id: str
    user_id: str
    sent_at: datetime
    input: KeptText
    cards_used: tuple[CardUsed, ...]
    reply: Reply | None = None

    @property
    def expires_at(self) -> datetime:
        return self.sent_at + HISTORY_LIFE

    @property
    def position(self) -> str:
        """Its place in its session: sorts by time."""
        return position_of(self.sent_at, self.run_id)


def title_of(article: str) -> str:
    """What a session is called until its user renames it: the beginning of its first article."""
    words = " ".join(article[: 10 * MAX_TITLE].split())
    return words if len(words) <= MAX_TITLE else words[: MAX_TITLE - 1].rstrip() + "…"


def position_of(sent_at: datetime, run_id: str) -> str:
    return f"{rfc3339(sent_at)}#{run_id}"


@dataclass(frozen=True, slots=True)
class SessionPage:
    items: tuple[Session, ...]
    next_position: str | None


@dataclass(frozen=True, slots=True)
class ExchangePage:
    items: tuple[Exchange, ...]
    next_position: str | None


class ChatHistory(Protocol):
    """What has expired is never returned, whether or not it was deleted yet."""

    def claim(self, session: Session, now: datetime) -> Write:
        """Start a session; refused as SESSION if it is another user's or project's."""
        ...

    def resume(self, session: Session) -> Write:
        """Continue a session, whatever its title is now; refused as SESSION if it is gone, or another's."""
        ...

    def rename(self, session: Session, title: str) -> Session:
        """Raises NotFound if it is gone, or another's by now."""
        ...

    def begin(self, exchange: Exchange) -> Write:
        """Add an exchange that has no reply yet."""
        ...

    def complete(self, project_id: str, session_id: str, sent_at: datetime, run_id: str, reply: Reply) -> Write:
        """Add the reply to an exchange."""
        ...

    def find(self, session_id: str, sent_at: datetime, run_id: str, now: datetime) -> Exchange | None: ...

    def session(self, session_id: str, now: datetime) -> Session | None: ...

    def recent(self, session: Session, limit: int, now: datetime) -> tuple[Exchange, ...]:
        """The newest exchanges of a session that are done or stopped, and have an answer; newest first."""
        ...

    def sessions(
        self, project_id: str, user_id: str | None, after: str | None, limit: int, now: datetime
    ) -> SessionPage:
        """A project's sessions, of one user or of all, the most recently used first."""
        ...

    def exchanges(self, session: Session, after: str | None, limit: int, now: datetime) -> ExchangePage:
        """Newest first; fewer than `limit` if their texts are long."""
        ...
