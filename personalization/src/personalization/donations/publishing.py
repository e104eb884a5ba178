"""The composition root of what the ledger's stream starts: it needs the bus, and no table."""

from collections.abc import Callable
from functools import cache

from personalization import settings
from personalization.donations.adapters import ledger
from shared.events.domain_events import DomainEvent
from shared.events.event_bridge import EventBus, bus_of_streams
from shared.events.streams import Image


@cache
def event_of_image() -> Callable[[Image], tuple[str, DomainEvent] | None]:
    return ledger.event_of_image


@cache
def event_bus() -> EventBus:
    return bus_of_streams(settings.read(settings.DonationEvents).event_bus_name, "almoner.personalization")
