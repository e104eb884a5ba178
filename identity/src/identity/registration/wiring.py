"""The composition root of this feature."""

from functools import cache

from identity.registration.adapters.event_bridge import bus
from identity.settings import Events
from shared.events.event_bridge import EventBus


@cache
def event_bus() -> EventBus:
    return bus(Events().event_bus_name, "almoner.identity")
