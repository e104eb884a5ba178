"""Erases what the agent knows of somebody."""

from contextlib import suppress
from datetime import datetime

from personalization.agent.adapters.records import ConversationRecord, InteractionRecord, SessionRecord
from personalization.memory.adapters.context import ContextRecord
from shared.dynamodb.records import ConditionFailed, select
from shared.erasure.removing import remove_all


class AgentErasing:
    """All versions of the context, the sessions, what was said in them, and the list of conversations."""

    def __init__(
        self, context_table: str, sessions_table: str, interactions_table: str, conversations_table: str
    ) -> None:
        self._contexts, self._sessions = ContextRecord.at(context_table), SessionRecord.at(sessions_table)
        self._interactions = InteractionRecord.at(interactions_table)
        self._conversations = ConversationRecord.at(conversations_table)

    def erase(self, user_id: str, _: datetime) -> bool:
        """Sessions are found by what was said in them, so they go first."""
        said = select(self._interactions, user_id, attributes=[InteractionRecord.session_id])
        for session_id in {each.session_id for each in said}:
            with suppress(ConditionFailed):  # the id may be another's by now
                self._sessions(session_id).remove(SessionRecord.user_id == user_id)
        remove_all(self._contexts, user_id, [ContextRecord.user_id, ContextRecord.version])
        remove_all(self._interactions, user_id, [InteractionRecord.user_id, InteractionRecord.timestamp])
        remove_all(self._conversations, user_id, [ConversationRecord.user_id, ConversationRecord.session_id])
        return True
