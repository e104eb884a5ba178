"""Changes of a supporter's record, by the supporter or by staff."""

from collections import Counter
from collections.abc import Iterable
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

MAX_DECISIONS = 30
"""On each purpose: 90 decisions are less than 8 KB of a supporter's record."""


@dataclass(frozen=True, slots=True)
class Amendment:
    """None leaves a value as it is. `consent` adds decisions: the latest on a purpose counts, older ones are kept."""

    name: str | None = None
    preferences: ContactPreferences | None = None
    interests: tuple[str, ...] | None = None
    consent: tuple[Consent, ...] = ()

    def applied_to(self, supporter: Supporter) -> Supporter:
        """The record's next version."""
        return replace(
            supporter,
            name=supporter.name if self.name is None else self.name,
            preferences=self.preferences or supporter.preferences,
            interests=supporter.interests if self.interests is None else self.interests,
            consent=_newest((*supporter.consent, *self.consent)),
            version=supporter.version + 1,
        )


def _newest(decisions: Iterable[Consent]) -> tuple[Consent, ...]:
    """In the order of time, the newest MAX_DECISIONS on each purpose: the others were superseded by those."""
    newest_first = sorted(decisions, key=lambda decision: decision.recorded_at)[::-1]
    numbers: Counter[str] = Counter()
    kept = []
    for decision in newest_first:
        numbers[decision.purpose] += 1
        if numbers[decision.purpose] <= MAX_DECISIONS:
            kept.append(decision)
    return tuple(reversed(kept))


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
        supporters.replace(amended, profile.supporter)
    except VersionConflict as error:
        raise VersionConflict("profile", seen_version) from error
    return replace(profile, supporter=amended)


def consent_given(purpose: str, granted: bool, decided_at: datetime | None, now: datetime) -> Consent:
    """A decision on a purpose: made now, unless it was made earlier, on paper or by telephone."""
    return Consent(purpose, granted, min(decided_at or now, now))
