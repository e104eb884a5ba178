"""EventBridge, as patiently as whoever waits for it allows."""

from shared.aws.clients import client
from shared.events.domain_events import EventBus


def bus_of_streams(bus_name: str, source: str) -> EventBus:
    """For what publishes from a stream: Lambda tries a batch that has failed again."""
    return EventBus(client("events", read_seconds=3.0), bus_name, source)
