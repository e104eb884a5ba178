"""TicketAnswered → what staff have replied goes out by mail, where mail is how they wrote"""

from datetime import UTC, datetime

from knowledge_base.mail import wiring
from shared.events.consumers import consumer
from shared.events.domain_events import DomainEvent
from shared.lifecycle.priming import prime

prime(wiring.answering)


@consumer
def handler(event: DomainEvent) -> str:
    """Send a reply into the thread of the supporter's mails. Repeated events send nothing again."""
    return wiring.answering().answer(event.data["ticketId"], event.data["entryId"], datetime.now(UTC))
