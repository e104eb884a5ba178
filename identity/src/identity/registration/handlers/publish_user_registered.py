"""Cognito post-confirmation → UserRegistered on the bus"""

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.data_classes import event_source
from aws_lambda_powertools.utilities.data_classes.cognito_user_pool_event import PostConfirmationTriggerEvent

from identity.registration import wiring
from identity.registration.domain.registration import user_registered
from shared.observability.invocations import observed
from shared.observability.logs import logger
from shared.priming import prime

prime(wiring.event_bus)


@observed()
@event_source(data_class=PostConfirmationTriggerEvent)
def handler(trigger: PostConfirmationTriggerEvent, context: Any) -> dict[str, Any]:
    """Publish, and give Cognito its event back.

    Cognito calls again where the trigger takes longer than 5 s. A failure is raised, for the alarm: the user is
    confirmed by then, and the runbook says how to publish their event after all.
    """
    event = None
    if trigger.trigger_source == "PostConfirmation_ConfirmSignUp":  # and not of a new password
        event = user_registered(trigger.request.user_attributes, datetime.now(UTC))
        wiring.event_bus().publish("UserRegistered", event)
    logger.info("sign-up confirmed", extra={"trigger": trigger.trigger_source, "eventId": event and event.id})
    return trigger.raw_event
