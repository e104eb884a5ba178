"""The composition root of this feature."""

from functools import cache

from identity.settings import Events
from shared.events.event_bridge import EventBus, bus_of_streams


@cache
def event_bus() -> EventBus:
    return bus_of_streams(Events().event_bus_name, "almoner.identity")
