"""UserAccessEnded → whoever is signed in as that user can do nothing more at the help desk"""

from shared.events.consumers import consumer
from shared.events.domain_events import DomainEvent
from shared.http.edge import access_ends
from shared.lifecycle.priming import prime

prime(access_ends)


@consumer
def handler(event: DomainEvent) -> str:
    """Note when the access ended. Repeated and reordered events change nothing."""
    ended = access_ends().end(event.user_id, event.occurred_at)
    return "access ended" if ended else "ended again since"
