"""Domain events of messages: ids, and nothing of what they say."""

from communications.conversations.domain.messages import Message
from shared.events.domain_events import DomainEvent

SENT = "MessageSent"


def event_of(copy: Message) -> tuple[str, DomainEvent] | None:
    """Of a recipient's new copy; the event is the recipient's. None of others."""
    if copy.is_withheld or copy.is_own:
        return None
    data = {
        "conversationId": copy.conversation_id,
        "messageId": copy.message_id,
        "senderId": copy.sender_id,
        "seq": copy.seq,
    }
    event_id = f"{SENT}-{copy.message_id}-{copy.user_id}"
    return SENT, DomainEvent(event_id, 1, copy.created_at, copy.user_id, data)
