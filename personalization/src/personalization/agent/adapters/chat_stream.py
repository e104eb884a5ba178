"""The Interactions table's stream: turns that were taken."""

from personalization.agent.adapters.records import InteractionRecord
from personalization.agent.domain.chat_events import chat_event
from shared.events.changes import Image, Named
from shared.json.encoding import moment


def chat_event_of(image: Image) -> Named | None:
    """Raises KeyError, TypeError or ValueError for what is no interaction."""
    record = InteractionRecord.of_image(image)
    at = moment(record.timestamp.partition("#")[0])
    return chat_event(record.interaction_id, record.user_id, record.requested_by, record.session_id, at)
