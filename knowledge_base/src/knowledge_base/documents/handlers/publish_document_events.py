"""The Documents table's stream → DocumentChanged, DocumentDeleted on the bus"""

from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse

from knowledge_base.documents import wiring
from shared.events.streams import publish_changes
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed

prime(wiring.event_bus)


@observed()
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """Publish that a document has a new version, or is not to be used any more."""
    return publish_changes(event, wiring.events_of_change, wiring.event_bus())
