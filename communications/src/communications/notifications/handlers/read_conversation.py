"""ConversationRead → the notifications of its messages are read"""

from datetime import UTC, datetime

from communications.notifications import wiring
from communications.notifications.domain.events import subject_of
from shared.events.consumers import consumer
from shared.events.domain_events import DomainEvent
from shared.lifecycle.priming import prime

prime(wiring.changes)


@consumer
def handler(event: DomainEvent) -> str:
    """Take them as read, so that no mail is sent any more. Repeated events change nothing."""
    subject, up_to = subject_of(event), event.data["upTo"]
    return f"{wiring.changes().read_elsewhere(event.user_id, subject, up_to, datetime.now(UTC))} read"
