"""Supporters and donations for tests: each call says what matters, the rest is ordinary."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from personalization.agent.domain.conversation import Interaction, Session
from personalization.agent.domain.facts import Fact
from personalization.donations.domain.donations import Donation, Frequency, Refund
from personalization.memory.domain.context import SupporterContext
from personalization.supporters.domain.supporter import Consent, ContactPreferences, Supporter
from shared.ids import uuid7
from shared.models.model import Usage
from shared.money import Money

NOW = datetime(2026, 2, 3, 4, 5, 6, 789000, tzinfo=UTC)


def a_supporter(user_id: str = "ada") -> Supporter:
    """Somebody who has filled in everything."""
    return Supporter(
        user_id=user_id,
        name="Zoë 山田",
        email=f"{user_id}@example.org",
        created_at=NOW,
        preferences=ContactPreferences(("email", "post"), "quarterly"),
        consent=(Consent("newsletter", True, NOW), Consent("profiling", False, NOW + timedelta(days=1))),
        interests=("clean water", "education"),
        version=7,
    )


def consenting(*purposes: str, user_id: str = "ada") -> Supporter:
    """Somebody who has said yes to these purposes, and nothing on any other."""
    return replace(a_supporter(user_id), consent=tuple(Consent(purpose, True, NOW) for purpose in purposes))


def donation(number: int, user_id: str = "ada", amount: Money | None = None) -> Donation:
    """The supporter's donation of that number; numbers are in the order of time."""
    created_at = NOW + timedelta(minutes=number)
    given = amount or Money(1000 + number, "GBP")
    return Donation(
        donation_id=uuid7(created_at, number),
        user_id=user_id,
        amount=given,
        frequency=Frequency.MONTHLY if number % 2 else Frequency.ONE_OFF,
        anonymous=number % 3 == 0,
        created_at=created_at,
        refunded=Money(0, given.currency),
    )


def refund_of(gift: Donation, minor_units: int, number: int = 1000) -> Refund:
    """A refund of the gift; numbers are in the order of time, as those of donations are."""
    created_at = NOW + timedelta(minutes=number)
    return Refund(
        donation_id=uuid7(created_at, number),
        user_id=gift.user_id,
        amount=Money(-minor_units, gift.amount.currency),
        refund_of=gift.donation_id,
        reason="given twice by mistake",
        anonymous=gift.anonymous,
        created_at=created_at,
    )


def a_context(version: int) -> SupporterContext:
    return SupporterContext(
        version=version,
        interests=("clean water",),
        intents=("give monthly",),
        facts=(f"learned in conversation {version}", "lives in Leeds"),
        updated_at=NOW + timedelta(hours=version),
    )


def an_interaction(number: int, user_id: str = "ada", session_id: str = "main") -> Interaction:
    """The supporter's turn of that number; numbers are in the order of time, and of the context's versions."""
    occurred_at = NOW + timedelta(seconds=number)
    return Interaction(
        interaction_id=uuid7(occurred_at, number),
        user_id=user_id,
        requested_by=user_id,
        session_id=session_id,
        occurred_at=occurred_at,
        input=f"question {number}",
        content=f"answer {number}",
        basis=(Fact("name", "Zoë 山田"), Fact("interests", "clean water, education")),
        context_version=number,
        usage=Usage(200 + number, 40 + number),
    )


def session_after(interaction: Interaction) -> Session:
    """The session that the turn began."""
    return Session.as_of(interaction.session_id, interaction.requested_by, interaction.occurred_at)
