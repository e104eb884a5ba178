"""The end of a user's access, announced to every context and noted in this one."""

from typing import Protocol

from shared.auth.access import AccessEnds
from shared.events.domain_events import DomainEvent


class Events(Protocol):
    def publish(self, name: str, event: DomainEvent) -> None:
        """Raises Unavailable."""
        ...


class Ending:
    def __init__(self, ends: AccessEnds, events: Events) -> None:
        self._ends, self._events = ends, events

    def announce(self, ended: DomainEvent) -> None:
        """Publish first, then note: what is noted has been published. Raises Unavailable; it may be repeated."""
        self._events.publish("UserAccessEnded", ended)
        self._ends.end(ended.user_id, ended.occurred_at)
