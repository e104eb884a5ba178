"""Events of orders, as the bus delivers them."""

import copy
import json
from typing import Any

from local.workspace import ROOT

USER = "0197a1b2-0000-7000-8000-000000000001"


def sample(name: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((ROOT / f"events/personalization/{name}.json").read_text())
    return event


def paid(**amounts: int) -> dict[str, Any]:
    """An order of goods and of gifts with these amounts, by product; by default £25 for nursing."""
    event = sample("record_order_gifts")
    if amounts:
        data = event["detail"]["data"]
        [gift] = data["donations"]
        data["donations"] = [
            gift | {"productId": name, "amount": {"amount": pence, "currency": "GBP"}}
            for name, pence in amounts.items()
        ]
    return event


def refunded(
    product_id: str = "nursing", pence: int = 1000, refund_id: str = "refund-1", status: str = "succeeded"
) -> dict[str, Any]:
    """An OrderRefunded, or an OrderRefundFailed."""
    return _changed({"refundId": refund_id, "status": status}, product_id, pence)


def disputed(
    product_id: str = "nursing", pence: int = 1000, dispute_id: str = "dispute-1", status: str = "open"
) -> dict[str, Any]:
    """An OrderDisputed, or an OrderDisputeEnded."""
    return _changed({"disputeId": dispute_id, "status": status}, product_id, pence)


def _changed(cause: dict[str, str], product_id: str, pence: int) -> dict[str, Any]:
    event = copy.deepcopy(sample("record_order_refunds"))
    data = event["detail"]["data"]
    del data["refundId"]
    data |= cause
    data["lines"][0] |= {"productId": product_id, "amount": {"amount": pence, "currency": "GBP"}}
    return event
