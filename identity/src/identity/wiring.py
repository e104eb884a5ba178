"""The composition root: what a warm function keeps."""

from functools import cache

from identity.settings import settings
from shared.events import EventBus


@cache
def event_bus() -> EventBus:
    from identity.adapters.event_bridge import client

    return EventBus(client(), settings().event_bus_name, "almoner.identity")
