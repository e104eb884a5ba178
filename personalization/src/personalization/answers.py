"""The shapes that clients receive. `shared.wire` writes them; the OpenAPI document is made of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from personalization.domain.content import Content, Kind
from personalization.domain.context import SupporterContext
from personalization.domain.donations import Donation, LedgerPage, LedgerRow, Refund
from personalization.domain.profile import Profile
from personalization.domain.supporter import Consent, ContactPreferences
from shared.cursors import Cursors
from shared.model import Usage
from shared.money import Money
from shared.runs import OUTCOME, Frame, Run, Status, text_of

if TYPE_CHECKING:  # at a cold start, only what a function needs
    from personalization.domain.agent import Answer
    from personalization.domain.search import HitPage, Query


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


def agent_answer(answer: "Answer") -> AgentAnswer:
    return AgentAnswer(
        content=answer.content,
        session_id=answer.session_id,
        interaction_id=answer.interaction_id,
        context_version=answer.context_version,
        usage=answer.usage,
        basis=tuple(BasisItem(fact.name, fact.value) for fact in answer.basis),
    )


@dataclass(frozen=True, slots=True)
class HitItem:
    content_id: str
    title: str
    kind: Kind
    score: float
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """POST /search"""

    items: tuple[HitItem, ...]
    next_cursor: str | None


def search_answer(page: "HitPage", query: "Query", cursors: Cursors) -> SearchAnswer:
    position = page.next_position.to_text() if page.next_position else None
    return SearchAnswer(
        items=tuple(
            HitItem(hit.content.content_id, hit.content.title, hit.content.kind, hit.score, hit.why)
            for hit in page.hits
        ),
        next_cursor=cursors.make(query.scope, position),
    )


@dataclass(frozen=True, slots=True)
class ContentAnswer:
    """PUT /content/{contentId} → 201 where it is new, → 200 where it was replaced"""

    content_id: str
    kind: Kind
    title: str
    summary: str
    body: str
    tags: tuple[str, ...]
    url: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    version: int
    updated_at: datetime


def content_answer(content: Content) -> ContentAnswer:
    return ContentAnswer(
        content_id=content.content_id,
        kind=content.kind,
        title=content.title,
        summary=content.summary,
        body=content.body,
        tags=content.tags,
        url=content.url,
        starts_at=content.starts_at,
        ends_at=content.ends_at,
        version=content.version,
        updated_at=content.updated_at,
    )


@dataclass(frozen=True, slots=True)
class ConnectionAnswer:
    """POST /connections → 201"""

    url: str
    ticket: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class AcceptedAnswer:
    """POST /agent/runs → 202"""

    run_id: str
    session_id: str


@dataclass(frozen=True, slots=True)
class TicketAnswer:
    """POST /agent/runs/{runId}/tickets → 201, POST /api/projects/{projectId}/runs/{runId}/tickets → 201"""

    ticket: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class RunAnswer:
    """GET /agent/runs/{runId}, GET /api/projects/{projectId}/runs/{runId},
    POST /agent/runs/{runId}/stop, POST /api/projects/{projectId}/runs/{runId}/stop
    """

    run_id: str
    session_id: str
    status: Status
    text: str
    seq: int
    created_at: datetime
    usage: Mapping[str, object] | None
    detail: str | None


def run_answer(run: Run, frames: Sequence[Frame]) -> RunAnswer:
    """`frames` were read after the run, and may tell of an end that it does not know yet: theirs counts.

    `seq` is that of the last frame: 0 before the first. `detail` says why a run has failed.
    """
    last = frames[-1] if frames else None
    ended = last.fields if last and last.is_terminal else {}
    return RunAnswer(
        run_id=run.run_id,
        session_id=run.session_id,
        status=OUTCOME.get(last.type, run.status) if last else run.status,
        text=text_of(frames),
        seq=last.seq if last else 0,
        created_at=run.created_at,
        usage=ended.get("usage"),
        detail=ended.get("detail"),
    )
