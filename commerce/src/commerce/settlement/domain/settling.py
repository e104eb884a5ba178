"""What is done about an event of the provider's.

An event says where to look, and nothing else of it counts. What is found there is followed by rules that let late and
repeated news change nothing, so that events may come in any order, any number of times, or never.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from commerce.payments.domain.events import PaymentEvent
from shared.errors import NotFound


class SettledEvents(Protocol):
    """Events that have been worked on, kept for 30 days."""

    def has(self, event_id: str, now: datetime) -> bool: ...

    def add(self, event_id: str, now: datetime) -> None: ...


type Follow = Callable[[PaymentEvent, datetime], None]
"""Raises NotFound for what is not the shop's; Unavailable."""


@dataclass(frozen=True, slots=True)
class Settler:
    """`followers` by the beginning of an event's kind: the first that fits is called."""

    events: SettledEvents
    followers: Mapping[str, Follow]

    def settle(self, event: PaymentEvent, now: datetime) -> str:
        """What came of it, for the log. It is noted as done afterwards, so that a crash has it come again."""
        if self.events.has(event.event_id, now):
            return "repeated"
        follow = next((each for prefix, each in self.followers.items() if event.kind.startswith(prefix)), None)
        if follow is None:
            return "of no interest"
        try:
            follow(event, now)
        except NotFound:
            return "not of this shop"
        self.events.add(event.event_id, now)
        return "settled"
