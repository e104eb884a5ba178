"""OrderPaid, DonationReceived, ChatTurnTaken → what a customer did, beside their tickets"""

from datetime import UTC, datetime

from knowledge_base.context import wiring
from knowledge_base.customers.domain.interactions import interaction_of
from shared.events.consumers import named_consumer
from shared.events.domain_events import DomainEvent
from shared.lifecycle.priming import prime

prime(wiring.interactions)


@named_consumer
def handler(name: str, event: DomainEvent) -> str:
    """Note it once. Repeated and reordered events change nothing; whoever was erased stays so."""
    interaction = interaction_of(name, event)
    if interaction is None:
        return "not to be noted"
    return "noted" if wiring.interactions().note(interaction, datetime.now(UTC)) else "noted already, or erased"
