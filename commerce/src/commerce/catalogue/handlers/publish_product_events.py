"""The Products table's stream → ProductChanged, StockLow on the bus"""

from collections.abc import Mapping
from typing import Any

from commerce.catalogue import wiring
from shared.events.streams import publish_changes
from shared.priming import prime

prime(wiring.events_of_change, wiring.event_bus)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, list[dict[str, str]]]:
    """Publish each new version of a product, and when its stock runs low."""
    return publish_changes(event, wiring.events_of_change(), wiring.event_bus())
