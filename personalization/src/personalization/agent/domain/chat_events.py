"""Who talks with the agent, for other contexts: not what is said."""

from datetime import datetime

from shared.events.changes import Named
from shared.events.domain_events import DomainEvent

CHAT_TURN_TAKEN = "ChatTurnTaken"


def chat_event(interaction_id: str, user_id: str, requested_by: str, session_id: str, at: datetime) -> Named | None:
    """None where staff talk in a supporter's place. The id is the interaction's: a repetition is the same event."""
    if requested_by != user_id:
        return None
    return CHAT_TURN_TAKEN, DomainEvent(interaction_id, 1, at, user_id, {"sessionId": session_id})
