"""The Products table's stream → ProductChanged, StockLow on the bus"""

from collections.abc import Mapping
from typing import Any

from commerce.catalogue import publishing
from shared.events.streams import publish_changes


def handler(event: Mapping[str, Any], context: Any) -> dict[str, list[dict[str, str]]]:
    """Publish each new version of a product, and that its last pieces are reached."""
    return publish_changes(event, publishing.events_of_change(), publishing.event_bus())
