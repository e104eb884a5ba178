"""UserEmailChanged → what was written from the address before belongs to its user, and what will be to somebody else"""

from knowledge_base.mail import wiring
from shared.events.consumers import consumer
from shared.events.domain_events import DomainEvent
from shared.lifecycle.priming import prime

prime(wiring.strangers)


@consumer
def handler(event: DomainEvent) -> str:
    """Note whose mails those of strangers at this address were. Repeated events change nothing."""
    previous = event.data.get("previousEmail")
    if not previous:
        return "no address before"
    wiring.strangers().leave(event.user_id, previous.lower(), event.occurred_at)
    return "left"
