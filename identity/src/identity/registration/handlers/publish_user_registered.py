"""Cognito post-confirmation → UserRegistered on the bus"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from identity.registration import wiring
from identity.registration.domain.registration import user_registered
from shared.observability.logs import logger
from shared.priming import prime

prime(wiring.event_bus)


def handler(trigger: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
    """Publish, and give Cognito its event back.

    Cognito calls again where the trigger takes longer than 5 s. A failure is raised, for the alarm: the user is
    confirmed by then, and the runbook says how to publish their event after all.
    """
    event = user_registered(trigger, datetime.now(UTC))
    if event is not None:
        wiring.event_bus().publish("UserRegistered", event)
    logger.info("sign-up confirmed", extra={"trigger": trigger["triggerSource"], "eventId": event and event.id})
    return trigger
