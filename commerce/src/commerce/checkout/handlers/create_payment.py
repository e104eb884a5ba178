"""A checkout → the payment that will charge it"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from commerce.checkout import wiring
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed

prime(wiring.checkout_payments)


@observed("checkoutId")
def handler(event: Mapping[str, Any], context: Any) -> Mapping[str, str]:
    """Have the provider make a payment that charges nobody yet."""
    outcome = wiring.checkout_payments().create(event["checkoutId"], datetime.now(UTC))
    return {"checkoutId": event["checkoutId"], "outcome": outcome.value}
