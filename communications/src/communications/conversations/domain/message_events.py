"""Domain events of messages: ids, and nothing of what they say."""

from datetime import datetime

from communications.conversations.domain.conversations import Membership
from communications.conversations.domain.messages import Message
from shared.events.domain_events import DomainEvent

SENT, READ = "MessageSent", "ConversationRead"


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


def read_event_of(reader: Membership, now: datetime) -> tuple[str, DomainEvent]:
    """Of a member who has read on: `upTo` is the `seq` of the last message that they have read."""
    data = {"conversationId": reader.conversation_id, "upTo": reader.read_up_to}
    event_id = f"{READ}-{reader.conversation_id}-{reader.user_id}-{reader.read_up_to}"
    return READ, DomainEvent(event_id, 1, now, reader.user_id, data)
