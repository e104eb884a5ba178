"""Changing a supporter's record: what the supporter, or staff for them, may say anew."""

from dataclasses import dataclass, replace
from datetime import datetime

from personalization.profiles.domain.profile import Profile, Profiles, read_profile
from personalization.supporters.domain.supporter import (
    Consent,
    ContactPreferences,
    Supporter,
    Supporters,
)
from shared.auth.callers import Caller
from shared.errors import VersionConflict

CONSENTS_KEPT = 100


@dataclass(frozen=True, slots=True)
class Amendment:
    """What is None stays as it is. `consent` adds words: the latest on a purpose counts, the older ones are kept."""

    name: str | None = None
    preferences: ContactPreferences | None = None
    interests: tuple[str, ...] | None = None
    consent: tuple[Consent, ...] = ()

    def applied_to(self, supporter: Supporter) -> Supporter:
        """The record's next version. Superseded words beyond CONSENTS_KEPT are forgotten, the oldest first."""
        words = sorted((*supporter.consent, *self.consent), key=lambda consent: consent.recorded_at)
        return replace(
            supporter,
            name=supporter.name if self.name is None else self.name,
            preferences=self.preferences or supporter.preferences,
            interests=supporter.interests if self.interests is None else self.interests,
            consent=tuple(words[-CONSENTS_KEPT:]),
            version=supporter.version + 1,
        )


def amend_profile(
    caller: Caller,
    user_id: str,
    *,
    seen_version: int,
    amendment: Amendment,
    profiles: Profiles,
    supporters: Supporters,
) -> Profile:
    """The profile after the change. Raises VersionConflict; NotFound."""
    profile = read_profile(caller, user_id, profiles)
    if profile.supporter.version != seen_version:
        raise VersionConflict("profile", seen_version)
    amended = amendment.applied_to(profile.supporter)
    try:
        supporters.replace(amended)
    except VersionConflict as error:
        raise VersionConflict("profile", seen_version) from error
    return replace(profile, supporter=amended)


def consent_given(purpose: str, granted: bool, said_at: datetime | None, now: datetime) -> Consent:
    """A word on a purpose: of now, unless it was said earlier, on paper or by telephone."""
    return Consent(purpose, granted, min(said_at or now, now))
