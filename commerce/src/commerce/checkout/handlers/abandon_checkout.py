"""A checkout that goes no further → nothing is charged, nothing reserved"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from commerce.checkout import wiring
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed

prime(wiring.checkout_payments)


@observed("checkoutId")
def handler(event: Mapping[str, Any], context: Any) -> Mapping[str, str]:
    """Have the provider cancel the payment, and only then give back what was reserved."""
    outcome = wiring.checkout_payments().abandon(event["checkoutId"], datetime.now(UTC))
    return {"checkoutId": event["checkoutId"], "outcome": outcome.value}
