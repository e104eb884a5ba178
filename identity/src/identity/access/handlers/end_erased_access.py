"""UserDeleted → UserAccessEnded, for every context"""

from identity.access import wiring
from shared.events.consumers import consumer
from shared.events.domain_events import DomainEvent
from shared.lifecycle.priming import prime

prime(wiring.ending)


@consumer
def handler(event: DomainEvent) -> str:
    """Whoever is erased is signed in no more. The event has the other's id: repeated, it is the same."""
    wiring.ending().announce(DomainEvent(event.id, 1, event.occurred_at, event.user_id, {"how": "erasure"}))
    return "announced"
