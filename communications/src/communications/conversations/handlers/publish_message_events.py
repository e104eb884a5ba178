"""The Messages table's stream, recipients' copies → MessageSent on the bus"""

from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse

from communications.conversations import wiring
from shared.events.streams import publish_new_rows
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed

prime(wiring.event_bus)


@observed()
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """Publish an event for each message that has reached a recipient."""
    return publish_new_rows(event, wiring.event_of_image, wiring.event_bus())
