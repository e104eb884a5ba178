"""An order and its customer → where it is sent: communications asks, for the receipt"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from commerce.orders import wiring
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed

prime(wiring.orders)


@observed("orderId")
def handler(event: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Name recipient and address; null where nothing is sent, and of an order that is not the user's."""
    order = wiring.orders().find(event["orderId"])
    delivery = order.delivery if order and order.user_id == event["userId"] else None
    return {"delivery": asdict(delivery) if delivery else None}
