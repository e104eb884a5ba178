"""The event bus, with time-outs for a trigger that Cognito waits for."""

from shared.aws.clients import client
from shared.events.event_bridge import EventBus


def bus(bus_name: str, source: str) -> EventBus:
    """Two attempts, the wait between them and a cold start must fit into the 5 s that Cognito waits."""
    return EventBus(client("events", connect_seconds=0.5, read_seconds=1.2, attempts=2), bus_name, source)
