"""UserAccessEnded → whoever is signed in as that user can do nothing more"""

from datetime import UTC, datetime

from personalization import live
from shared.events import DomainEvent, consumer


@consumer
def handler(event: DomainEvent) -> str:
    """Note when the access ended, and close the user's sockets. Repeated and reordered events change nothing."""
    live.access_ends().end(event.user_id, event.occurred_at)
    open_sockets = live.connections().of_user(event.user_id, datetime.now(UTC))
    for connection_id in open_sockets:
        live.sender().close(connection_id)
        live.connections().remove(connection_id)
    return f"{len(open_sockets)} sockets closed"
