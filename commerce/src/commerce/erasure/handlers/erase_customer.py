"""UserDeleted → a customer's cart, chats, addresses and notes are erased"""

from datetime import UTC, datetime

from commerce.erasure import wiring
from shared.erasure.consuming import erase_and_report
from shared.events.consumers import consumer
from shared.events.domain_events import DomainEvent
from shared.lifecycle.priming import prime

prime(wiring.parts, wiring.event_bus)


@consumer
def handler(event: DomainEvent) -> str:
    """Erase all but what the law has us keep. Repeated and reordered events change nothing."""
    return erase_and_report("commerce", event, wiring.parts(), wiring.event_bus(), datetime.now(UTC))
