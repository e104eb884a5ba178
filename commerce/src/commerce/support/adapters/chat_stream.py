"""The ChatHistory table's stream: messages that were sent."""

from commerce.support.adapters.records import THE_SESSION, ExchangeRecord
from commerce.support.domain.chat_events import chat_event
from shared.events.changes import Image, Named


def chat_event_of(image: Image) -> Named | None:
    """None for a session. Raises KeyError, TypeError or ValueError for what is no exchange."""
    if image["timestamp"]["S"] == THE_SESSION:
        return None
    return chat_event(ExchangeRecord.of_image(image).to_exchange())
