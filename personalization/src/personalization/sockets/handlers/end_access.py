"""UserAccessEnded → whoever is signed in as that user can do nothing more"""

from datetime import UTC, datetime

from personalization.sockets import wiring
from shared.events.consumers import consumer
from shared.events.domain_events import DomainEvent
from shared.lifecycle.priming import prime

prime(wiring.access_ends, wiring.connections, wiring.sender)


@consumer
def handler(event: DomainEvent) -> str:
    """Note when the access ended, and close the user's sockets. Repeated and reordered events change nothing."""
    if not wiring.access_ends().end(event.user_id, event.occurred_at):
        return "ended again since"  # sockets that are open now may be of a later sign-in
    open_sockets = wiring.connections().of_user(event.user_id, datetime.now(UTC))
    for connection_id in open_sockets:
        wiring.sender().close(connection_id)
        wiring.connections().remove(connection_id)
    return f"{len(open_sockets)} sockets closed"
