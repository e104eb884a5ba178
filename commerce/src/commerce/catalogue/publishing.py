"""The composition root of what publishes the catalogue's changes: it needs the bus, and no table."""

from collections.abc import Callable, Sequence
from functools import cache

from commerce import settings
from commerce.catalogue.adapters import products
from shared.events.event_bridge import EventBus, bus_of_streams
from shared.events.streams import Change, Named


@cache
def events_of_change() -> Callable[[Change], Sequence[Named]]:
    low_at = int(settings.read(settings.ProductEvents).stock_low_at)
    return lambda change: products.events_of_change(change, low_at)


@cache
def event_bus() -> EventBus:
    return bus_of_streams(settings.read(settings.ProductEvents).event_bus_name, "almoner.commerce")
