"""UserAccessEnded → whoever is signed in as that user can do nothing more"""

from datetime import UTC, datetime

from communications.sockets import wiring
from shared.events.consumers import consumer
from shared.events.domain_events import DomainEvent
from shared.lifecycle.priming import prime
from shared.sockets.lifecycle import end_access

prime(wiring.access_ends, wiring.connections, wiring.sender)


@consumer
def handler(event: DomainEvent) -> str:
    """Note when the access ended, and close the user's sockets. Repeated and reordered events change nothing."""
    now = datetime.now(UTC)
    return end_access(event, wiring.access_ends(), wiring.connections(), wiring.sender(), now)
