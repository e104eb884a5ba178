"""What clients send to change a profile."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from personalization.profiles.domain.amendment import Amendment, consent_given
from personalization.supporters.domain.supporter import ContactPreferences
from shared.http.fields import DISTINCT, NOT_NULL, Body, Line, Moment, PersonName, Version

type _Interests = Annotated[list[Annotated[str, Line(60)]], Field(max_length=20), DISTINCT]


class PreferencesBody(Body):
    channels: Annotated[list[Literal["email", "sms", "phone", "post"]], Field(max_length=4), DISTINCT]
    frequency: Literal["weekly", "monthly", "quarterly", "never"]


class ConsentBody(Body):
    """`recordedAt`: when the decision was made, if that was earlier than now."""

    purpose: Literal["marketing", "personalisation", "giving-history"]
    granted: bool
    recorded_at: Annotated[Moment | None, NOT_NULL] = None


class AmendProfile(Body):
    version: Version
    name: Annotated[PersonName | None, NOT_NULL] = None
    preferences: Annotated[PreferencesBody | None, NOT_NULL] = None
    interests: Annotated[_Interests | None, NOT_NULL] = None
    consent: Annotated[list[ConsentBody], Field(max_length=10)] = []

    def to_amendment(self, now: datetime) -> Amendment:
        wish = self.preferences
        return Amendment(
            name=self.name,
            preferences=ContactPreferences(tuple(wish.channels), wish.frequency) if wish else None,
            interests=None if self.interests is None else tuple(self.interests),
            consent=tuple(consent_given(c.purpose, c.granted, c.recorded_at, now) for c in self.consent),
        )
