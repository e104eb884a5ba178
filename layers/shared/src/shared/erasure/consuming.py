"""UserDeleted → a context erases somebody, and says so with UserErased.

It may come again and again, until every context has said that nothing is left. What is already erased stays erased.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from shared.events.domain_events import DomainEvent
from shared.ids import new_id


class Part(Protocol):
    """What a feature has of people."""

    def erase(self, user_id: str, now: datetime) -> bool:
        """Erase all of it; False if something has to stay for now. May be repeated. Raises Unavailable."""
        ...


class Events(Protocol):
    def publish(self, name: str, event: DomainEvent) -> None:
        """Raises Unavailable."""
        ...


def erase_and_report(context: str, deleted: DomainEvent, parts: Sequence[Part], events: Events, now: datetime) -> str:
    """Erase one part after the other. What a part raises has the event tried again."""
    nothing_left = [part.erase(deleted.user_id, now) for part in parts]
    if not all(nothing_left):
        return "something stays for now"
    events.publish("UserErased", DomainEvent(new_id(now), 1, now, deleted.user_id, {"context": context}))
    return "erased"
