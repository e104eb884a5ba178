"""UserDeleted → a customer, their tickets, interactions and mail are erased"""

from datetime import UTC, datetime

from knowledge_base.erasure import wiring
from shared.erasure.consuming import erase_and_report
from shared.events.consumers import consumer
from shared.events.domain_events import DomainEvent
from shared.lifecycle.priming import prime

prime(wiring.parts, wiring.event_bus)


@consumer
def handler(event: DomainEvent) -> str:
    """Erase everything, once nothing can be written anew. Repeated and reordered events change nothing."""
    return erase_and_report("knowledge_base", event, wiring.parts(), wiring.event_bus(), datetime.now(UTC))
