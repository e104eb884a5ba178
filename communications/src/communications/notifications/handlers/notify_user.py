"""Events about a user → a notification, and what is sent"""

from datetime import UTC, datetime

from communications.notifications import wiring
from communications.notifications.domain.events import news_of
from shared.events.consumers import named_consumer
from shared.events.domain_events import DomainEvent
from shared.lifecycle.priming import prime

prime(wiring.notifying, wiring.sources, wiring.tombstones)


@named_consumer
def handler(name: str, event: DomainEvent) -> str:
    """Notify the event's user, once. Repeated events change nothing."""
    news = news_of(name, event, wiring.sources())
    return wiring.notifying().notify(news, wiring.tombstones().stands_for, datetime.now(UTC)) if news else "no news"
