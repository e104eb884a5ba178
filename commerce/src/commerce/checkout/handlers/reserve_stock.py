"""A checkout → its stock is reserved, or there is not enough"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from commerce.checkout import wiring
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed

prime(wiring.saga)


@observed("checkoutId")
def handler(event: Mapping[str, Any], context: Any) -> Mapping[str, str]:
    """Reserve what is bought, all of it or nothing."""
    outcome = wiring.saga().reserve(event["checkoutId"], datetime.now(UTC))
    return {"checkoutId": event["checkoutId"], "outcome": outcome.value}
