"""A checkout that waits for its customer or their bank: keeps the token with which the state machine goes on"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from commerce.checkout import wiring
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed

prime(wiring.checkout_payments)


@observed("checkoutId")
def handler(event: Mapping[str, Any], context: Any) -> None:
    """Keep the task's token, unless there is nothing to wait for any more."""
    wiring.checkout_payments().wait(event["checkoutId"], event["taskToken"], datetime.now(UTC))
