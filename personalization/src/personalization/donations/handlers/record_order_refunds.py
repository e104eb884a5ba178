"""OrderRefunded → refunds in the ledger"""

from personalization.donations import wiring
from personalization.donations.domain.order_gifts import record_refunds
from shared.events.consumers import consumer
from shared.events.domain_events import DomainEvent
from shared.lifecycle.priming import prime

prime(wiring.ledger)


@consumer
def handler(event: DomainEvent) -> str:
    """Record what was given back of an order's gifts. Repeated events change nothing; an early one comes again."""
    return f"{record_refunds(event, wiring.ledger())} recorded"
