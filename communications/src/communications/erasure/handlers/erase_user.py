"""UserDeleted → a user's inbox and notifications are erased"""

from datetime import UTC, datetime

from communications.erasure import wiring
from shared.erasure.consuming import erase_and_report
from shared.events.consumers import consumer
from shared.events.domain_events import DomainEvent
from shared.lifecycle.priming import prime

prime(wiring.parts, wiring.event_bus)


@consumer
def handler(event: DomainEvent) -> str:
    """Erase everything; the record went with the request. Repeated and reordered events change nothing."""
    return erase_and_report("communications", event, wiring.parts(), wiring.event_bus(), datetime.now(UTC))
