"""The composition root of this feature."""

from functools import cache

from identity.settings import settings
from shared.events.event_bridge import EventBus, bus_of_streams


@cache
def event_bus() -> EventBus:
    return bus_of_streams(settings().event_bus_name, "almoner.identity")
