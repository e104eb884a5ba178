"""UserRegistered → a supporter's record"""

from personalization import registration
from personalization.domain.supporter import register
from shared.events import DomainEvent, consumer


@consumer
def handler(event: DomainEvent) -> str:
    """Make the record of whoever signed up. Repeated and reordered events change nothing."""
    name, email = event.data["name"], event.data["email"]
    added = register(event.user_id, name, email, event.occurred_at, registration.supporters())
    return "registered" if added else "known already"
