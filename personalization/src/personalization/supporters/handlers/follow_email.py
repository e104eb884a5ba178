"""UserEmailChanged → a supporter's address"""

from datetime import UTC, datetime

from personalization.supporters import wiring
from personalization.supporters.domain.supporter import follow_email
from shared.events.consumers import consumer
from shared.events.domain_events import DomainEvent
from shared.lifecycle.priming import prime

prime(wiring.supporters)


@consumer
def handler(event: DomainEvent) -> str:
    """Write the address that somebody has now. Repeated and reordered events change nothing."""
    email, version, now = event.data["email"], event.data["version"], datetime.now(UTC)
    return follow_email(event.user_id, email, version, event.occurred_at, wiring.supporters(), now)
