"""A checkout → charged, declined, or waiting for its customer"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from commerce.checkout import wiring
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed

prime(wiring.checkout_payments)


@observed("checkoutId")
def handler(event: Mapping[str, Any], context: Any) -> Mapping[str, str]:
    """Charge the customer, once."""
    outcome = wiring.checkout_payments().confirm(event["checkoutId"], datetime.now(UTC))
    return {"checkoutId": event["checkoutId"], "outcome": outcome.value}
