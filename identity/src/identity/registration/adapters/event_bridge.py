"""EventBridge, for a trigger that Cognito waits for."""

from shared.aws.service import Service
from shared.events.domain_events import EventBridge


def client() -> EventBridge:
    """Cognito waits 5 s: two attempts and a cold start must fit."""
    return Service("events", connect_seconds=0.5, read_seconds=1.5, retries=1)
