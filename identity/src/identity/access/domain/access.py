"""Turns a call in CloudTrail into the UserAccessEnded event."""

import uuid
from collections.abc import Mapping
from typing import Any

from identity.access.domain.signing_out import before_the_second_of
from shared.events.domain_events import DomainEvent
from shared.json.encoding import moment

_NAMESPACE = uuid.UUID("6c2f1d0e-6d57-5a3b-8f0e-7a1c1f0b9d42")

_BEFORE_A_SIGN_IN = frozenset({"AdminUserGlobalSignOut", "AdminSetUserPassword", "AdminResetUserPassword"})
"""Calls after which the user may sign in at once, with a token of the same second."""


def user_access_ended(call: Mapping[str, Any]) -> DomainEvent | None:
    """The event of a call that ended a user's access; None for a failed call, or one that names no user.

    `call` is the detail of "AWS API Call via CloudTrail", with the user's `sub` in its additionalEventData. The event's
    id is derived from the call's, so a repeated delivery publishes the same event.
    """
    user_id = (call.get("additionalEventData") or {}).get("sub")
    if call.get("errorCode") or not user_id:
        return None
    name, at = call["eventName"], moment(call["eventTime"])
    if name in _BEFORE_A_SIGN_IN:
        at = before_the_second_of(at)
    reason = {"how": name}
    return DomainEvent(str(uuid.uuid5(_NAMESPACE, call["eventID"])), 1, at, user_id, reason)
