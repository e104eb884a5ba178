"""What clients receive of a profile."""

from dataclasses import dataclass
from datetime import datetime

from personalization.donations.answers import DonationHistory, donations_scope
from personalization.memory.domain.context import SupporterContext
from personalization.profiles.domain.profile import Profile
from personalization.supporters.domain.supporter import Consent, ContactPreferences
from shared.http.cursors import Cursors


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextAnswer:
    """What was learned; `GET /agent/memory` says when and where, too."""

    version: int
    interests: tuple[str, ...]
    intents: tuple[str, ...]
    facts: tuple[str, ...]
    updated_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileAnswer:
    user_id: str
    name: str
    email: str
    created_at: datetime
    preferences: ContactPreferences
    consent: tuple[Consent, ...]
    interests: tuple[str, ...]
    version: int
    donations: DonationHistory
    context: ContextAnswer


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
        context=_context(profile.context),
    )


def _context(context: SupporterContext) -> ContextAnswer:
    return ContextAnswer(
        version=context.version,
        interests=context.interests,
        intents=context.intents,
        facts=context.facts,
        updated_at=context.updated_at,
    )
