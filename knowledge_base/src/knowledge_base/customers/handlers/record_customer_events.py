"""UserRegistered, OrderPaid, DonationReceived, … → what there is of a customer"""

from knowledge_base.customers import wiring
from knowledge_base.customers.domain.recording import record_event
from shared.events.consumers import named_consumer
from shared.events.domain_events import DomainEvent
from shared.lifecycle.priming import prime

prime(wiring.customer_facts)


@named_consumer
def handler(name: str, event: DomainEvent) -> str:
    """Record what an event says about a customer, once and in any order."""
    return record_event(name, event, wiring.customer_facts())
