"""The Users table's stream → SupporterConsentChanged on the bus"""

from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse

from personalization.supporters import wiring
from shared.events.streams import publish_changes
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed

prime(wiring.event_bus)


@observed()
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """Publish what a supporter consents to and is interested in, whenever either has changed."""
    return publish_changes(event, wiring.consent_events_of, wiring.event_bus())
