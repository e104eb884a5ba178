"""The shapes that clients receive. `shared.json.encoding` writes them; the OpenAPI document is made of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from personalization.agent.domain.context import SupporterContext
from personalization.profiles.domain.profile import Profile
from personalization.supporters.domain.supporter import Consent, ContactPreferences
from shared.http.cursors import Cursors

if TYPE_CHECKING:  # at a cold start, only what a function needs
    pass
from personalization.donations.answers import DonationHistory, donations_scope


@dataclass(frozen=True, slots=True)
class ProfileAnswer:
    """GET /profile, PATCH /profile"""

    user_id: str
    name: str
    email: str
    created_at: datetime
    preferences: ContactPreferences
    consent: tuple[Consent, ...]
    interests: tuple[str, ...]
    version: int
    donations: DonationHistory
    context: SupporterContext


def profile_answer(profile: Profile, cursors: Cursors) -> ProfileAnswer:
    supporter, donations = profile.supporter, profile.donations
    return ProfileAnswer(
        user_id=supporter.user_id,
        name=supporter.name,
        email=supporter.email,
        created_at=supporter.created_at,
        preferences=supporter.preferences,
        consent=supporter.consent,
        interests=supporter.interests,
        version=supporter.version,
        donations=DonationHistory(
            items=donations.items,
            totals=donations.totals,
            next_cursor=cursors.make(donations_scope(supporter.user_id), donations.next_position),
        ),
        context=profile.context,
    )
