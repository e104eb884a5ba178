"""The composition root of what publishes the catalogue's changes: it knows the bus, and no table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from shared.events import EventBus
from shared.settings import from_environment, read_at_start
from shared.streams import Change, Named


@dataclass(frozen=True)
class Settings:
    """`stock_low_at` counts pieces."""

    event_bus_name: str
    stock_low_at: str


@read_at_start
def settings() -> Settings:
    return from_environment(Settings)


@cache
def events_of_change() -> Callable[[Change], Sequence[Named]]:
    from commerce.adapters.products import events_of_change

    low_at = int(settings().stock_low_at)
    return lambda change: events_of_change(change, low_at)


@cache
def event_bus() -> EventBus:
    from shared.event_bridge import bus_of_streams

    return bus_of_streams(settings().event_bus_name, "almoner.commerce")
