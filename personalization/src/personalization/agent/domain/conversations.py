"""A supporter's conversations with the agent: reading and deleting them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from personalization.agent.domain.conversation import Conversation, Interaction
from personalization.memory.domain.context import Origin
from personalization.memory.domain.correcting import Contexts, forget_where
from shared.auth.callers import Caller
from shared.errors import NotFound
from shared.runs.run import LIFE

DELETION_LIFE = timedelta(days=1)
"""How long a deletion is kept: longer than any question takes to be answered."""


@dataclass(frozen=True, slots=True)
class Page[Item]:
    """Newest first; `next_position` is None where nothing follows."""

    items: tuple[Item, ...]
    next_position: str | None


@dataclass(frozen=True, slots=True)
class TurnKey:
    occurred_at: datetime
    interaction_id: str


class Conversations(Protocol):
    """What supporters said themselves; nothing that staff wrote for them. Every method raises Unavailable."""

    def page(self, user_id: str, after: str | None, limit: int) -> Page[Conversation]:
        """Those that were not deleted, the most recently used first."""
        ...

    def turns(self, user_id: str, session_id: str, after: str | None, limit: int) -> Page[Interaction] | None:
        """None where there is no such conversation, or it was deleted."""
        ...

    def bar(self, user_id: str, session_id: str, now: datetime) -> bool:
        """Take a conversation out of the list; no turn whose question is older is added to it any more.

        False where there never was one, or it was deleted longer than DELETION_LIFE ago.
        """
        ...

    def bar_all(self, user_id: str, now: datetime) -> None: ...

    def said(self, user_id: str, session_id: str | None, before: datetime) -> tuple[TurnKey, ...]:
        """What was said before that time in one session, or in all."""
        ...

    def delete_turns(self, user_id: str, turns: Sequence[TurnKey]) -> None: ...

    def end_sessions(self, user_id: str, session_id: str | None, before: datetime) -> None:
        """Have the agent begin anew in a session, or in all that are in the list, which leave it.

        Of all, not in those that began, or went on, after that time.
        """
        ...


class RunLog(Protocol):
    def forget(self, run_id: str) -> None:
        """Delete a run and its frames, where there are any. Raises Unavailable."""
        ...


def list_conversations(
    caller: Caller, user_id: str, conversations: Conversations, after: str | None, limit: int
) -> Page[Conversation]:
    """Raises NotFound."""
    caller.require_access_to(user_id)
    return conversations.page(user_id, after, limit)


def read_turns(
    caller: Caller, user_id: str, session_id: str, conversations: Conversations, after: str | None, limit: int
) -> Page[Interaction]:
    """Raises NotFound."""
    caller.require_access_to(user_id)
    page = conversations.turns(user_id, session_id, after, limit)
    if page is None:
        raise NotFound("There is no such session.")
    return page


@dataclass(frozen=True, slots=True)
class ConversationRemover:
    """Deletes conversations, with everything that was said, streamed and learned in them. May be repeated.

    First of all, answers that are still being made are barred: they are not written any more.
    """

    conversations: Conversations
    contexts: Contexts
    runs: RunLog

    def delete(self, caller: Caller, user_id: str, session_id: str, now: datetime) -> None:
        """Raises NotFound for a conversation that never was the user's."""
        caller.require_access_to(user_id)
        if not self.conversations.bar(user_id, session_id, now):
            raise NotFound("There is no such session.")
        self._delete(user_id, session_id, now)

    def delete_all(self, caller: Caller, user_id: str, now: datetime) -> None:
        """Raises NotFound for another's user id."""
        caller.require_access_to(user_id)
        self.conversations.bar_all(user_id, now)
        self._delete(user_id, None, now)

    def _delete(self, user_id: str, session_id: str | None, now: datetime) -> None:
        """Runs are found by what was said, so they go first."""
        turns = self.conversations.said(user_id, session_id, now)
        for turn in turns:
            if turn.occurred_at > now - LIFE:
                self.runs.forget(turn.interaction_id)
        self.conversations.delete_turns(user_id, turns)
        self.conversations.end_sessions(user_id, session_id, now)
        forget_where(user_id, partial(_is_taught, session_id), self.contexts, now)


def _is_taught(session_id: str | None, origin: Origin | None) -> bool:
    """By one conversation, or by any: what has no origin was, too, and what was corrected by hand was not."""
    if session_id is None:
        return origin is None or origin.session_id is not None
    return origin is not None and origin.session_id == session_id
