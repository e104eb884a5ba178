"""Cognito post-confirmation → UserRegistered on the bus"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from identity import wiring
from identity.registration import user_registered
from shared.logs import logger


def handler(trigger: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Publish, and give Cognito its event back. A failure is raised: Cognito calls again, up to three times."""
    event = user_registered(trigger, datetime.now(UTC))
    if event is not None:
        wiring.event_bus().publish("UserRegistered", event)
    logger.info("sign-up confirmed", extra={"trigger": trigger["triggerSource"], "eventId": event and event.id})
    return trigger
