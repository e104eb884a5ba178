"""The composition root of what the ledger's stream starts: it knows the bus, and no table."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from shared.events import DomainEvent, EventBus
from shared.settings import from_environment, read_at_start
from shared.streams import Image


@dataclass(frozen=True)
class Settings:
    event_bus_name: str


@read_at_start
def settings() -> Settings:
    return from_environment(Settings)


@cache
def event_of_image() -> Callable[[Image], tuple[str, DomainEvent] | None]:
    from personalization.adapters.ledger import event_of_image

    return event_of_image


@cache
def event_bus() -> EventBus:
    from shared.event_bridge import bus_of_streams

    return bus_of_streams(settings().event_bus_name, "almoner.personalization")
