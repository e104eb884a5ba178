"""The streams of InboxEntries and of the Outbox → figures of the days of communications"""

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse

from communications.figures import wiring
from shared.figures.counting import count_changes
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed

prime(wiring.figures)


@observed()
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """Count messages, notifications and what was sent, each once."""
    return count_changes(event, wiring.occurrences_of_change, wiring.figures(), datetime.now(UTC))
