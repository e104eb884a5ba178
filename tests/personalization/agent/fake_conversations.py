from collections.abc import Mapping, Sequence
from datetime import datetime

from personalization.agent.domain.conversation import Conversation, Interaction, title_of
from personalization.agent.domain.conversations import Page, TurnKey
from shared.json.encoding import rfc3339
from tests.personalization.fakes import FakeMemory


class FakeConversations:
    """Conversations of the memory that it is given."""

    def __init__(self, memory: FakeMemory) -> None:
        self._memory = memory

    def page(self, user_id: str, after: str | None, limit: int) -> Page[Conversation]:
        by_session: dict[str, list[Interaction]] = {}
        for turn in self._own(user_id):
            by_session.setdefault(turn.session_id, []).append(turn)
        listed = {
            f"{rfc3339(turns[-1].occurred_at)}#{session_id}": Conversation(
                session_id, title_of(turns[0].input), turns[0].occurred_at, turns[-1].occurred_at, len(turns)
            )
            for session_id, turns in by_session.items()
        }
        return self._page(listed, after, limit)

    def turns(self, user_id: str, session_id: str, after: str | None, limit: int) -> Page[Interaction] | None:
        said = [turn for turn in self._own(user_id) if turn.session_id == session_id]
        listed = {f"{rfc3339(turn.occurred_at)}#{turn.interaction_id}": turn for turn in said}
        return self._page(listed, after, limit) if said else None

    def bar(self, user_id: str, session_id: str, now: datetime) -> bool:
        is_there = any(turn.session_id == session_id for turn in self._own(user_id))
        was_there = (user_id, session_id) in self._memory.deletions
        if is_there or was_there:
            self._memory.deletions[user_id, session_id] = now
        return is_there or was_there

    def bar_all(self, user_id: str, now: datetime) -> None:
        self._memory.deletions[user_id, None] = now

    def said(self, user_id: str, session_id: str | None, before: datetime) -> tuple[TurnKey, ...]:
        own = [turn for turn in self._own(user_id) if turn.occurred_at < before]
        wanted = (turn for turn in own if session_id in (None, turn.session_id))
        return tuple(TurnKey(turn.occurred_at, turn.interaction_id) for turn in wanted)

    def delete_turns(self, user_id: str, turns: Sequence[TurnKey]) -> None:
        gone = {turn.interaction_id for turn in turns}
        kept = [
            turn for turn in self._memory.interactions if turn.user_id != user_id or turn.interaction_id not in gone
        ]
        self._memory.interactions[:] = kept

    def end_sessions(self, user_id: str, session_id: str | None, before: datetime) -> None:  # noqa: ARG002
        ended = [
            session.session_id
            for session in self._memory.sessions.values()
            if session.user_id == user_id and session_id in (None, session.session_id)
        ]
        for each in ended:
            del self._memory.sessions[each]

    def _own(self, user_id: str) -> list[Interaction]:
        own = (turn for turn in self._memory.interactions if turn.user_id == user_id and turn.is_own)
        return sorted(own, key=lambda turn: (turn.occurred_at, turn.interaction_id))

    def _page[Item](self, listed: Mapping[str, Item], after: str | None, limit: int) -> Page[Item]:
        positions = sorted((each for each in listed if after is None or each < after), reverse=True)
        last = positions[limit - 1] if len(positions) > limit else None
        return Page(tuple(listed[each] for each in positions[:limit]), last)
