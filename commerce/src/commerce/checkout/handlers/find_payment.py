"""A checkout whose payment may have gone through → what the provider says"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from commerce.checkout import wiring
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed

prime(wiring.checkout_payments)


@observed("checkoutId")
def handler(event: Mapping[str, Any], context: Any) -> Mapping[str, str]:
    """Ask the provider what became of the payment."""
    outcome = wiring.checkout_payments().settle(event["checkoutId"], datetime.now(UTC))
    return {"checkoutId": event["checkoutId"], "outcome": outcome.value}
