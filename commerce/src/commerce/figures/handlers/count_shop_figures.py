"""The Orders table's stream → figures of the shop's days"""

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse

from commerce.figures import wiring
from shared.figures.counting import count_changes
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed

prime(wiring.figures)


@observed()
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """Count orders and refunds, each once."""
    return count_changes(event, wiring.occurrences_of_change, wiring.figures(), datetime.now(UTC))
