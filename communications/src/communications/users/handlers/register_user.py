"""UserRegistered → a user's record"""

from communications.users import wiring
from communications.users.domain.users import signed_up
from shared.events.consumers import consumer
from shared.events.domain_events import DomainEvent
from shared.lifecycle.priming import prime

prime(wiring.synchronizing)


@consumer
def handler(event: DomainEvent) -> str:
    """Make the record of whoever signed up. Repeated and reordered events change nothing."""
    name, email = event.data.get("name"), event.data["email"]
    added = wiring.synchronizing().add(signed_up(event.user_id, name, email, event.occurred_at))
    return "registered" if added else "registered already, or gone"
