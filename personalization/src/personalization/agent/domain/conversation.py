"""Conversations between supporters and the agent."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol, Self

from personalization.agent.domain.facts import Fact
from shared.models.model import Usage

SESSION_LIFE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Question:
    user_id: str
    session_id: str
    input: str


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and its answer, as later prompts repeat them."""

    input: str
    content: str


@dataclass(frozen=True, slots=True)
class Session:
    """A conversation. It belongs to its user until an hour after its last turn."""

    session_id: str
    user_id: str
    expires_at: datetime

    @classmethod
    def as_of(cls, session_id: str, user_id: str, now: datetime) -> Self:
        """The conversation after a turn at `now`."""
        return cls(session_id, user_id, now + SESSION_LIFE)


class Sessions(Protocol):
    def open(self, session: Session) -> None:
        """Keep a conversation without turns, under a new id."""
        ...


@dataclass(frozen=True, slots=True)
class Standing:
    """What is read of a user before their question is accepted.

    `session` may be another's; it is None where it is new or has expired.
    """

    is_supporter: bool
    session: Session | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """The record of one turn; never changed.

    If the turn was stopped or has failed, `content` is what was shown, perhaps nothing, and `usage` is unknown.
    """

    interaction_id: str
    user_id: str
    session_id: str
    occurred_at: datetime
    input: str
    content: str
    basis: tuple[Fact, ...]
    context_version: int
    usage: Usage | None
    status: Literal["done", "stopped", "failed"] = "done"
