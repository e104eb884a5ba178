"""Supporters: who they are, how they want to be contacted, and what they have consented to."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from shared.errors import Unavailable, VersionConflict
from shared.text.names import registered_name


@dataclass(frozen=True, slots=True)
class ContactPreferences:
    """`channels`: email, sms, phone, post; `frequency`: weekly, monthly, quarterly, never."""

    channels: tuple[str, ...] = ()
    frequency: str = "monthly"


@dataclass(frozen=True, slots=True)
class Consent:
    """A decision on a purpose, and when it was made."""

    purpose: str
    granted: bool
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Supporter:
    """`version` counts the changes, from 1: whoever changes a supporter names the version that they have read.

    `email_version` is that of the user's record in communications with which the address came; 0 from the sign-up.
    """

    user_id: str
    name: str
    email: str
    created_at: datetime
    preferences: ContactPreferences = ContactPreferences()
    consent: tuple[Consent, ...] = ()
    interests: tuple[str, ...] = ()
    version: int = 1
    email_version: int = 0


MAY_STILL_REGISTER = timedelta(hours=1)
"""How long after an event the record of a supporter who is not there may come."""
_ATTEMPTS = 5


class Supporters(Protocol):
    """Every method raises Unavailable."""

    def find(self, user_id: str) -> Supporter | None: ...

    def was_erased(self, user_id: str) -> bool: ...

    def add(self, supporter: Supporter) -> bool:
        """Add a new supporter; False, and nothing changed, if there is one with this user id already, or was."""
        ...

    def replace(self, supporter: Supporter, before: Supporter) -> None:
        """Replace the previous version, which was `before`. Raises VersionConflict."""
        ...


def register(user_id: str, name: object, email: str, registered_at: datetime, supporters: Supporters) -> bool:
    """Create the record of somebody who signed up, under any name. A repeated or late registration changes nothing."""
    return supporters.add(Supporter(user_id=user_id, name=registered_name(name), email=email, created_at=registered_at))


def follow_email(
    user_id: str, email: str, email_version: int, changed_at: datetime, supporters: Supporters, now: datetime
) -> str:
    """Write a supporter's new address; what came of it. A repeated event changes nothing, nor does a late one.

    Raises Unavailable for whoever may still be registered: the event has to come again.
    """
    for _ in range(_ATTEMPTS):
        before = supporters.find(user_id)
        if before is None:
            if supporters.was_erased(user_id):
                return "was erased"
            if now < changed_at + MAY_STILL_REGISTER:
                raise Unavailable("The supporter is not registered yet.", retry_after_seconds=60)
            return "no such supporter"
        if email_version <= before.email_version:
            return "came late, or again"
        after = replace(before, email=email, email_version=email_version, version=before.version + 1)
        try:
            supporters.replace(after, before)
        except VersionConflict:
            continue
        return "changed"
    raise Unavailable("The supporter keeps changing.")
