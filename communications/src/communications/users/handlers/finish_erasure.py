"""UserErased → once every context has erased somebody, their account is deleted"""

from datetime import UTC, datetime

from communications.users import wiring
from communications.users.domain.erasures import note_erased
from shared.events.consumers import consumer
from shared.events.domain_events import DomainEvent
from shared.lifecycle.priming import prime

prime(wiring.erasures, wiring.accounts, wiring.settling)


@consumer
def handler(event: DomainEvent) -> str:
    """Note that a context has nothing left of somebody. Repeated and reordered events change nothing."""
    return note_erased(event, wiring.erasures(), wiring.accounts(), wiring.settling(), datetime.now(UTC))
