"""The chat history: a customer's sessions, and the exchanges in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from shared.json.encoding import rfc3339
from shared.models.model import Usage
from shared.persistence.unit_of_work import Write
from shared.runs.run import Outcome

HISTORY_LIFE = timedelta(days=90)
PAGE_SIZE, MAX_PAGE_SIZE = 20, 50
MAX_TURNS = 25
"""How many exchanges of a session later answers may build on: fifty messages."""
SESSION = "session"
"""The name of a session's write, which is refused if the session is somebody else's."""


@dataclass(frozen=True, slots=True)
class Session:
    """A conversation of one customer; it lives as long as the last of its messages."""

    session_id: str
    user_id: str
    started_at: datetime
    last_message_at: datetime

    @property
    def expires_at(self) -> datetime:
        return self.last_message_at + HISTORY_LIFE


@dataclass(frozen=True, slots=True)
class Reply:
    """What was answered. `outline` is of it what says only what the customer or the platform said: see `answering`.

    `proposals` are the fields of frames. `usage` is unknown where the answer was not finished.
    """

    status: Outcome
    text: str
    outline: str = ""
    usage: Usage | None = None
    proposals: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A message and the reply to it, None while it is worked on. `run_id` identifies it."""

    session_id: str
    run_id: str
    user_id: str
    sent_at: datetime
    input: str
    reply: Reply | None = None

    @property
    def expires_at(self) -> datetime:
        return self.sent_at + HISTORY_LIFE

    @property
    def position(self) -> str:
        """Its place in its session: sorts by time."""
        return position_of(self.sent_at, self.run_id)


def position_of(sent_at: datetime, run_id: str) -> str:
    return f"{rfc3339(sent_at)}#{run_id}"


@dataclass(frozen=True, slots=True)
class Page[Item]:
    """`next_position` is None where nothing follows."""

    items: tuple[Item, ...]
    next_position: str | None


class ChatHistory(Protocol):
    """What has expired is never returned, whether or not it was deleted yet. Every method raises Unavailable."""

    def session(self, session_id: str, now: datetime) -> Session | None: ...

    def claim(self, session: Session, now: datetime) -> Write:
        """Start or continue a session; refused as SESSION if it is another user's."""
        ...

    def begin(self, exchange: Exchange) -> Write:
        """Add an exchange that has no reply yet."""
        ...

    def complete(self, session_id: str, sent_at: datetime, run_id: str, reply: Reply) -> Write:
        """Add the reply to an exchange."""
        ...

    def recent(self, session_id: str, user_id: str, limit: int, now: datetime) -> tuple[Exchange, ...]:
        """The user's newest exchanges of a session that have an answer; oldest first."""
        ...

    def sessions(self, user_id: str, after: str | None, limit: int, now: datetime) -> Page[Session]:
        """The most recently used first."""
        ...

    def exchanges(self, session: Session, after: str | None, limit: int, now: datetime) -> Page[Exchange]:
        """Newest first."""
        ...
