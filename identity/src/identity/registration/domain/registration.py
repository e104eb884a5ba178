"""Turns Cognito's post-confirmation call into the UserRegistered event."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.events.domain_events import DomainEvent

SIGN_UP_CONFIRMED = "PostConfirmation_ConfirmSignUp"
_NAMESPACE = uuid.UUID("6f1f6dcb-3c0e-5f6d-9e0b-0d9a4f0f7b11")


def user_registered(trigger: Mapping[str, Any], now: datetime) -> DomainEvent | None:
    """The event of a confirmed sign-up; None for the other post-confirmation, that of a forgotten password.

    Its id is made of the user's, so that Cognito's retries publish the same event again.
    """
    if trigger["triggerSource"] != SIGN_UP_CONFIRMED:
        return None
    attributes = trigger["request"]["userAttributes"]
    user_id = attributes["sub"]
    return DomainEvent(
        id=str(uuid.uuid5(_NAMESPACE, user_id)),
        version=1,
        occurred_at=now,
        user_id=user_id,
        data={"name": attributes.get("name", ""), "email": attributes["email"]},
    )
