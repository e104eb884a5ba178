"""Supporters: who they are, how they want to be contacted, and what they have consented to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

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
    """`version` counts the changes, from 1: whoever changes a supporter names the version that they have read."""

    user_id: str
    name: str
    email: str
    created_at: datetime
    preferences: ContactPreferences = ContactPreferences()
    consent: tuple[Consent, ...] = ()
    interests: tuple[str, ...] = ()
    version: int = 1


class Supporters(Protocol):
    def add(self, supporter: Supporter) -> bool:
        """Add a new supporter; False, and nothing changed, if there is one with this user id already, or was."""
        ...

    def replace(self, supporter: Supporter, before: Supporter) -> None:
        """Replace the previous version, which was `before`. Raises VersionConflict."""
        ...


def register(user_id: str, name: object, email: str, registered_at: datetime, supporters: Supporters) -> bool:
    """Create the record of somebody who signed up, under any name. A repeated or late registration changes nothing."""
    return supporters.add(Supporter(user_id=user_id, name=registered_name(name), email=email, created_at=registered_at))
