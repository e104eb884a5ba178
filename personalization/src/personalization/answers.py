"""The shapes that clients receive. `shared.wire` writes them; the OpenAPI document is made of them."""

from dataclasses import dataclass
from datetime import datetime

from personalization.domain.agent import Answer
from personalization.domain.context import SupporterContext
from personalization.domain.donations import Donation, LedgerPage, LedgerRow, Refund
from personalization.domain.profile import Profile
from personalization.domain.supporter import Consent, ContactPreferences
from shared.cursors import Cursors
from shared.model import Usage
from shared.money import Money


@dataclass(frozen=True, slots=True)
class DonationHistory:
    items: tuple[LedgerRow, ...]
    totals: tuple[Money, ...]
    next_cursor: str | None


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


def donations_scope(user_id: str) -> str:
    """What a cursor of this supporter's donations is signed for."""
    return f"donations:{user_id}"


class GiftAnswer(Donation):
    """POST /donations → 201"""

    __slots__ = ()


class RefundAnswer(Refund):
    """POST /donations/{donationId}/refunds → 201"""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class DonationList:
    """GET /donations"""

    items: tuple[LedgerRow, ...]
    next_cursor: str | None


def donations_answer(user_id: str, page: LedgerPage, cursors: Cursors) -> DonationList:
    return DonationList(page.items, cursors.make(donations_scope(user_id), page.next_position))


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


@dataclass(frozen=True, slots=True)
class BasisItem:
    """One fact that an answer used."""

    fact: str
    value: str


@dataclass(frozen=True, slots=True)
class AgentAnswer:
    """POST /agent"""

    content: str
    session_id: str
    interaction_id: str
    context_version: int
    usage: Usage
    basis: tuple[BasisItem, ...]


def agent_answer(answer: Answer) -> AgentAnswer:
    return AgentAnswer(
        content=answer.content,
        session_id=answer.session_id,
        interaction_id=answer.interaction_id,
        context_version=answer.context_version,
        usage=answer.usage,
        basis=tuple(BasisItem(fact.name, fact.value) for fact in answer.basis),
    )
