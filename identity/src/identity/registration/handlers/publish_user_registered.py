"""Cognito post-confirmation → UserRegistered on the bus"""

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.data_classes import event_source
from aws_lambda_powertools.utilities.data_classes.cognito_user_pool_event import PostConfirmationTriggerEvent

from identity.registration import wiring
from identity.registration.domain.registration import is_by_mail, user_registered
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed
from shared.observability.logs import logger

prime(wiring.event_bus)


@observed()
@event_source(data_class=PostConfirmationTriggerEvent)
def handler(trigger: PostConfirmationTriggerEvent, context: Any) -> dict[str, Any]:
    """Publish a confirmed sign-up, and return Cognito's event, as Cognito requires.

    Cognito retries if the trigger takes longer than 5 s. Failures are raised, for the alarm: the user is already
    confirmed, and the runbook says how to publish the event afterwards.
    """
    event, attributes = None, trigger.request.user_attributes
    is_sign_up = trigger.trigger_source == "PostConfirmation_ConfirmSignUp"  # otherwise a confirmed new password
    if is_sign_up and is_by_mail(attributes):
        event = user_registered(attributes, datetime.now(UTC))
        wiring.event_bus().publish("UserRegistered", event)
    logger.info("sign-up confirmed", extra={"trigger": trigger.trigger_source, "eventId": event and event.id})
    return trigger.raw_event
