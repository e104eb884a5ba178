"""UserAccessEnded → whoever is signed in as that user can do nothing more"""

from commerce.access import wiring
from shared.events.consumers import consumer
from shared.events.domain_events import DomainEvent
from shared.lifecycle.priming import prime

prime(wiring.access_ends)


@consumer
def handler(event: DomainEvent) -> str:
    """Note when the access ended. Repeated and reordered events change nothing."""
    is_latest = wiring.access_ends().end(event.user_id, event.occurred_at)
    return "noted" if is_latest else "ended again since"
