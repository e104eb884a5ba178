"""SupporterConsentChanged → the audience"""

from communications.audience import wiring
from communications.audience.domain.audience import Member
from shared.events.consumers import consumer
from shared.events.domain_events import DomainEvent
from shared.lifecycle.priming import prime

prime(wiring.audience)


@consumer
def handler(event: DomainEvent) -> str:
    """Note what a supporter consents to and is interested in. Repeated and late events change nothing."""
    data = event.data
    member = Member.of(event.user_id, data["consents"], data["interests"], data["version"])
    return "noted" if wiring.audience().put(member) else "noted already"
