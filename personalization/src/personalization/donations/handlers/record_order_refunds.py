"""OrderRefunded, OrderRefundFailed, OrderDisputed, OrderDisputeEnded → refunds and charge-backs in the ledger"""

from personalization.donations import wiring
from personalization.donations.domain.order_gifts import record_changes
from shared.events.consumers import consumer
from shared.events.domain_events import DomainEvent
from shared.lifecycle.priming import prime

prime(wiring.ledger)


@consumer
def handler(event: DomainEvent) -> str:
    """Record what was given or taken back of an order's gifts, and what returned, once and in any order."""
    return f"{record_changes(event, wiring.ledger())} recorded"
