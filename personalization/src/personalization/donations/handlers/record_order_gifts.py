"""OrderPaid → gifts in the ledger"""

from personalization.donations import wiring
from personalization.donations.domain.order_gifts import record_gifts
from shared.events.consumers import consumer
from shared.events.domain_events import DomainEvent
from shared.lifecycle.priming import prime

prime(wiring.ledger)


@consumer
def handler(event: DomainEvent) -> str:
    """Record the gifts that an order has paid. Repeated and reordered events change nothing."""
    return f"{record_gifts(event, wiring.ledger())} recorded"
