"""The Erasures table's stream → UserDeleted on the bus"""

from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse

from communications.users import wiring
from shared.events.streams import publish_new_rows
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed

prime(wiring.event_bus)


@observed()
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """Publish who is to be erased, for every context."""
    return publish_new_rows(event, wiring.deleted_event, wiring.event_bus())
