"""The Donations table's stream → DonationReceived, DonationRefunded on the bus"""

from collections.abc import Mapping
from typing import Any

from personalization.donations import wiring
from shared.events.streams import publish_new_rows
from shared.priming import prime

prime(wiring.event_bus)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, list[dict[str, str]]]:
    """Publish an event for each new gift and refund, and none for totals and imported rows."""
    return publish_new_rows(event, wiring.event_of_image, wiring.event_bus())
