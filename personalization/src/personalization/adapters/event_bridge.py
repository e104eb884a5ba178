"""EventBridge, for the stream of the ledger."""

from shared.aws import Service
from shared.events import EventBridge


def client() -> EventBridge:
    """Half a minute at most for a batch of the stream; Lambda tries the batch again."""
    return Service("events", read_seconds=3.0)
