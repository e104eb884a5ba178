"""Cognito post-confirmation → UserRegistered on the bus, or UserAccessEnded where a forgotten password was set anew"""

from datetime import UTC, datetime, timedelta
from typing import Any

from aws_lambda_powertools.utilities.data_classes import event_source
from aws_lambda_powertools.utilities.data_classes.cognito_user_pool_event import PostConfirmationTriggerEvent

from identity.access.domain.signing_out import sign_out_everywhere
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
        sessions = wiring.sessions(trigger.user_pool_id)
        sign_out_everywhere(attributes["sub"], sessions, wiring.ending(), _before_this_second, "new-password")
    logger.info("confirmed", extra={"trigger": trigger.trigger_source, "eventId": event and event.id})
    return trigger.raw_event


def _before_this_second() -> datetime:
    """Tokens count whole seconds: whoever signs in with the new password at once is not refused."""
    return datetime.now(UTC).replace(microsecond=0) - timedelta(milliseconds=1)
