"""The streams of Tickets, Votes and Gaps → figures of the days of the help desk"""

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse

from knowledge_base.figures import wiring
from shared.figures.counting import count_changes
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed

prime(wiring.figures)


@observed()
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """Count tickets, first replies and what was solved, each once."""
    return count_changes(event, wiring.occurrences_of, wiring.figures(), datetime.now(UTC))
