"""The Interactions table's stream → ChatTurnTaken on the bus"""

from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse

from personalization.agent import wiring
from shared.events.streams import publish_new_rows
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed

prime(wiring.event_bus)


@observed()
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """Publish that a supporter has talked with the agent, and nothing of what was said."""
    return publish_new_rows(event, wiring.chat_event_of, wiring.event_bus())
