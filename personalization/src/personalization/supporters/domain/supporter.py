"""A supporter: who they are, how they want to hear from us, and what they have agreed to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ContactPreferences:
    """`channels` out of email, sms, phone and post; `frequency` out of weekly, monthly, quarterly and never."""

    channels: tuple[str, ...] = ()
    frequency: str = "monthly"


@dataclass(frozen=True, slots=True)
class Consent:
    """What was agreed to or refused, for which purpose, and when."""

    purpose: str
    granted: bool
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Supporter:
    """`version` counts the saved states, from 1: whoever changes a supporter names the version they saw."""

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
        """Keep a new supporter; False, and nothing changed, where the user id is known already."""
        ...

    def replace(self, supporter: Supporter) -> None:
        """Write a version over the one before it. Raises VersionConflict where that is not the stored one."""
        ...


def register(user_id: str, name: str, email: str, registered_at: datetime, supporters: Supporters) -> bool:
    """Make the record of somebody who signed up. A repeated or late registration leaves what is there."""
    return supporters.add(Supporter(user_id=user_id, name=name, email=email, created_at=registered_at))
