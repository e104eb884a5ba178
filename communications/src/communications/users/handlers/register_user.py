"""UserRegistered → a user's record"""

from communications.users import wiring
from communications.users.domain.users import register
from shared.events.consumers import consumer
from shared.events.domain_events import DomainEvent
from shared.lifecycle.priming import prime

prime(wiring.records)


@consumer
def handler(event: DomainEvent) -> str:
    """Make the record of whoever signed up. Repeated and reordered events change nothing."""
    name, email = event.data.get("name"), event.data["email"]
    added = register(event.user_id, name, email, event.occurred_at, wiring.records())
    return "registered" if added else "registered already"
