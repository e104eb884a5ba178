"""The streams of gifts, conversations, articles and evaluations → figures of days"""

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse

from personalization.figures import wiring
from shared.figures.counting import count_changes
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed

prime(wiring.figures, wiring.rows)


@observed()
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """Count gifts, refunds, conversations and the model's answers, each once."""
    return count_changes(event, wiring.rows().occurrences_of, wiring.figures(), datetime.now(UTC))
