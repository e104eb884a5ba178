"""The streams of Users and Erasures → UserRegistered, UserEmailChanged, UserPhoneChanged, UserDeleted on the bus"""

from typing import Any

from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse

from communications.users import wiring
from shared.events.streams import publish_changes
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed

prime(wiring.event_bus)


@observed()
def handler(event: dict[str, Any], context: Any) -> PartialItemFailureResponse:
    """Publish who was invited, whose addresses have changed and who is to be erased, for every context."""
    return publish_changes(event, wiring.events_of_change, wiring.event_bus())
