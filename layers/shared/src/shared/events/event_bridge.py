"""The bus, for what publishes from a stream."""

from shared.aws.service import Service
from shared.events.domain_events import EventBus


def bus_of_streams(bus_name: str, source: str) -> EventBus:
    """Half a minute at most for a batch of a stream; Lambda tries the batch again."""
    return EventBus(Service("events", read_seconds=3.0), bus_name, source)
