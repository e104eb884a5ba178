"""Turns a confirmed sign-up into the UserRegistered event."""

import uuid
from collections.abc import Mapping
from datetime import datetime

from shared.events.domain_events import DomainEvent

_NAMESPACE = uuid.UUID("6f1f6dcb-3c0e-5f6d-9e0b-0d9a4f0f7b11")


def user_registered(attributes: Mapping[str, str], now: datetime) -> DomainEvent:
    """The event of a sign-up, from the user's attributes in the user pool.

    Its id is derived from the user's, so Cognito's retries publish the same event.
    """
    user_id = attributes["sub"]
    return DomainEvent(
        id=str(uuid.uuid5(_NAMESPACE, user_id)),
        version=1,
        occurred_at=now,
        user_id=user_id,
        data={"name": attributes.get("name", ""), "email": attributes["email"]},
    )


def is_by_mail(attributes: Mapping[str, str]) -> bool:
    """Whether whoever signed up may have shown that the e-mail address is theirs.

    Cognito sends the code to a phone number instead if it is given one with the sign-up, which our own site does not:
    then anybody's address could stand beside it.
    """
    return attributes.get("email_verified") == "true" or attributes.get("phone_number_verified") != "true"
