"""A user was signed out everywhere, disabled or removed → UserAccessEnded on the bus"""

from typing import Any

from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.data_classes import EventBridgeEvent, event_source

from identity.access import wiring
from identity.access.domain.access import user_access_ended
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed
from shared.observability.logs import logger

prime(wiring.ending)


@observed(correlation_paths.EVENT_BRIDGE)
@event_source(data_class=EventBridgeEvent)
def handler(event: EventBridgeEvent, context: Any) -> None:
    """Publish calls that end a user's access; CloudTrail reports them at least once, mostly within seconds."""
    ended = user_access_ended(event.detail)
    if ended is not None:
        wiring.ending().announce(ended)
    logger.info("access ended", extra={"call": event.detail["eventName"], "eventId": ended and ended.id})
