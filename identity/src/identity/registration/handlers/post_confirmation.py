"""Cognito post-confirmation → UserRegistered on the bus, or UserAccessEnded where a forgotten password was set anew"""

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.data_classes import event_source
from aws_lambda_powertools.utilities.data_classes.cognito_user_pool_event import PostConfirmationTriggerEvent

from identity.access.domain.signing_out import before_the_second_of, sign_out_everywhere
from identity.registration import wiring
from identity.registration.domain.registration import is_by_mail, user_registered
from shared.lifecycle.priming import prime
from shared.observability.invocations import observed
from shared.observability.logs import logger

prime(wiring.event_bus, wiring.ending)

_SIGN_UP, _NEW_PASSWORD = "PostConfirmation_ConfirmSignUp", "PostConfirmation_ConfirmForgotPassword"


@observed()
@event_source(data_class=PostConfirmationTriggerEvent)
def handler(trigger: PostConfirmationTriggerEvent, context: Any) -> dict[str, Any]:
    """Publish a confirmed sign-up, sign out whoever had an old password, and return Cognito's event, as it requires.

    Cognito retries if the trigger takes longer than 5 s. Failures are raised, for the alarm: what was confirmed is
    confirmed, and the runbook says how to do the rest afterwards.
    """
    event, attributes = None, trigger.request.user_attributes
    if trigger.trigger_source == _SIGN_UP and is_by_mail(attributes):
        event = user_registered(attributes, datetime.now(UTC))
        wiring.event_bus().publish("UserRegistered", event)
    elif trigger.trigger_source == _NEW_PASSWORD:
        sessions, at = wiring.sessions(trigger.user_pool_id), before_the_second_of(datetime.now(UTC))
        sign_out_everywhere(attributes["sub"], sessions, wiring.ending(), lambda: at, "new-password")
    logger.info("confirmed", extra={"trigger": trigger.trigger_source, "eventId": event and event.id})
    return trigger.raw_event
