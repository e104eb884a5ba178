"""Conversations between supporters and the agent."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol, Self

from personalization.agent.domain.facts import Fact
from shared.models.model import Usage

SESSION_LIFE = timedelta(hours=1)
MAX_TURNS = 25
"""How many of a session's turns later prompts may repeat: fifty messages."""


@dataclass(frozen=True, slots=True)
class Question:
    """`user_id` is the supporter whom the answer is for, `requested_by` whoever asks: the supporter, or staff."""

    user_id: str
    session_id: str
    input: str
    requested_by: str

    @property
    def is_own(self) -> bool:
        return self.requested_by == self.user_id


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and its answer, as later prompts repeat them."""

    input: str
    content: str


@dataclass(frozen=True, slots=True)
class Session:
    """A conversation. It belongs to the user who began it until an hour after its last turn.

    Its turns are those after `since`: others are of an earlier conversation under the same id.
    """

    session_id: str
    user_id: str
    since: datetime
    expires_at: datetime

    @classmethod
    def as_of(cls, session_id: str, user_id: str, now: datetime, current: Self | None = None) -> Self:
        """The current conversation, or a new one, after a turn at `now`.

        Where one begins, an earlier one has been silent for an hour; turns that began the new one together have not.
        """
        return cls(session_id, user_id, current.since if current else now - SESSION_LIFE / 2, now + SESSION_LIFE)


MAX_TITLE = 60


@dataclass(frozen=True, slots=True)
class Conversation:
    """What a supporter has said under one session's id, as a list of conversations shows it; kept until it is deleted.

    It outlives its session: whoever goes on after an hour has the agent begin anew, in the same conversation.
    """

    session_id: str
    title: str
    started_at: datetime
    last_at: datetime
    turns: int


def title_of(question: str) -> str:
    """The first words of a conversation, on one line."""
    line = " ".join(question.split())
    if len(line) <= MAX_TITLE:
        return line
    return f"{line[: MAX_TITLE - 1].rsplit(' ', 1)[0].rstrip(' ,;:')}…"


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


@dataclass(frozen=True, slots=True)
class SourceItem:
    """A page that an answer has cited, as it was then."""

    content_id: str
    title: str
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """The record of one turn; never changed.

    `requested_by` is the supporter, `user_id`, or the member of staff who acts for them.
    If the turn was stopped or has failed, `content` is what was shown, perhaps nothing, and `usage` is unknown.
    """

    interaction_id: str
    user_id: str
    requested_by: str
    session_id: str
    occurred_at: datetime
    input: str
    content: str
    basis: tuple[Fact, ...]
    context_version: int
    usage: Usage | None
    status: Literal["done", "stopped", "failed"] = "done"
    sources: tuple[SourceItem, ...] = ()

    @property
    def is_own(self) -> bool:
        return self.requested_by == self.user_id
