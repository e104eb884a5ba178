"""Who writes to the support chat, for other contexts: not what is written."""

from commerce.support.domain.history import Exchange
from shared.events.changes import Named
from shared.events.domain_events import DomainEvent

CHAT_TURN_TAKEN = "ChatTurnTaken"


def chat_event(exchange: Exchange) -> Named:
    """The id is the run's: a repetition is the same event."""
    data = {"sessionId": exchange.session_id}
    return CHAT_TURN_TAKEN, DomainEvent(exchange.run_id, 1, exchange.sent_at, exchange.user_id, data)
