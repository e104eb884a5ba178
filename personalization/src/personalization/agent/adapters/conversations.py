"""A supporter's conversations, in DynamoDB."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from personalization.agent.adapters.records import ALL, ConversationRecord, InteractionRecord, SessionRecord, turns_of
from personalization.agent.domain.conversation import Conversation, Interaction
from personalization.agent.domain.conversations import DELETION_LIFE, Page, TurnKey
from shared.dynamodb.connection import readers
from shared.dynamodb.records import ConditionFailed, select
from shared.json.encoding import moment, rfc3339

_KEY = [InteractionRecord.user_id, InteractionRecord.timestamp]
_LAST = "~"
"""After all times."""


class DynamoConversations:
    """Reads and writes Conversations; reads and deletes Interactions; deletes Sessions."""

    def __init__(self, conversations_table: str, interactions_table: str, sessions_table: str) -> None:
        self._conversations = ConversationRecord.at(conversations_table)
        self._interactions, self._sessions = InteractionRecord.at(interactions_table), SessionRecord.at(sessions_table)

    def page(self, user_id: str, after: str | None, limit: int) -> Page[Conversation]:
        """One consistent Query of a local index."""
        older = None if after is None else ConversationRecord.last_turn < after
        index = self._conversations.by_last_turn
        found = select(index, user_id, older, newest_first=True, limit=limit + 1, consistent=True)
        last = found[limit - 1].last_turn if len(found) > limit else None
        return Page(tuple(record.to_conversation() for record in found[:limit]), last)

    def turns(self, user_id: str, session_id: str, after: str | None, limit: int) -> Page[Interaction] | None:
        """A GetItem and a consistent Query of a local index in one round, and then a BatchGetItem of the page."""
        said = readers().submit(self._keys, user_id, session_id, after, limit + 1)
        kept = self._conversations.find(user_id, session_id)
        keys = said.result()
        if kept is None or kept.last_turn is None:
            return None
        records = self._interactions.find_many([(user_id, key) for key in keys[:limit]])
        own = tuple(each.to_interaction() for each in records if each.requested_by == user_id)
        return Page(own, keys[limit - 1] if len(keys) > limit else None)

    def bar(self, user_id: str, session_id: str, now: datetime) -> bool:
        """One update."""
        try:
            self._bar(user_id, session_id, now, only_if_there=True)
        except ConditionFailed:
            return False
        return True

    def bar_all(self, user_id: str, now: datetime) -> None:
        self._bar(user_id, ALL, now, only_if_there=False)

    def said(self, user_id: str, session_id: str | None, before: datetime) -> tuple[TurnKey, ...]:
        """One consistent Query, of all turns a page for each megabyte."""
        if session_id is not None:
            return tuple(map(_turn_key, self._keys(user_id, session_id, rfc3339(before))))
        older, wanted = InteractionRecord.timestamp < rfc3339(before), [*_KEY, InteractionRecord.requested_by]
        found = select(self._interactions, user_id, older, attributes=wanted)
        return tuple(_turn_key(record.timestamp) for record in found if record.requested_by == user_id)

    def delete_turns(self, user_id: str, turns: Sequence[TurnKey]) -> None:
        """One delete each, some at the same time."""
        list(readers().map(lambda turn: self._interactions(user_id, _timestamp(turn)).remove(), turns))

    def end_sessions(self, user_id: str, session_id: str | None, before: datetime) -> None:
        """A delete, or a Query and two deletes for each conversation."""
        if session_id is not None:
            self._end_session(user_id, session_id)
            return
        older = ConversationRecord.last_turn < rfc3339(before)
        found = select(self._conversations.by_last_turn, user_id, older, consistent=True)
        list(readers().map(self._leave, found))

    def _leave(self, record: ConversationRecord) -> None:
        self._end_session(record.user_id, record.session_id)
        with suppress(ConditionFailed):  # it has gone on
            record.remove(ConversationRecord.last_turn == record.last_turn)

    def _end_session(self, user_id: str, session_id: str) -> None:
        with suppress(ConditionFailed):  # the id may be another's by now
            self._sessions(session_id).remove(SessionRecord.user_id == user_id)

    def _bar(self, user_id: str, session_id: str, now: datetime, *, only_if_there: bool) -> None:
        self._conversations(user_id, session_id).change(
            ConversationRecord.deleted_at.set(now),
            ConversationRecord.expires_at.set(now + DELETION_LIFE),
            ConversationRecord.title.remove(),
            ConversationRecord.started_at.remove(),
            ConversationRecord.last_turn.remove(),
            ConversationRecord.turns.remove(),
            condition=ConversationRecord.session_id.exists() if only_if_there else None,
        )

    def _keys(self, user_id: str, session_id: str, before: str | None = None, limit: int | None = None) -> list[str]:
        """The keys of the newest turns, newest first."""
        in_session = turns_of(session_id)
        older = InteractionRecord.turn.between(in_session, f"{in_session}{before or _LAST}")
        index, more = self._interactions.by_session, None if limit is None else limit + 1
        found = select(index, user_id, older, newest_first=True, limit=more, attributes=_KEY, consistent=True)
        return [record.timestamp for record in found if record.timestamp != before][:limit]


def _turn_key(timestamp: str) -> TurnKey:
    at, _, interaction_id = timestamp.partition("#")
    return TurnKey(moment(at), interaction_id)


def _timestamp(turn: TurnKey) -> str:
    return f"{rfc3339(turn.occurred_at)}#{turn.interaction_id}"
