"""What may be said to the model about a supporter: facts by name, each behind the consent that it needs.

Anonymous gifts are never among them, not even for the donor: what the agent says becomes a turn, and may become a part
of the context, which staff can read.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from personalization.agent.domain.context import SupporterContext
from personalization.donations.domain.donations import Donation, DonationPage, Frequency
from personalization.supporters.domain.supporter import Supporter

PERSONALISATION = "personalisation"
"""Consent to be answered by what we know: interests, and what earlier conversations taught."""
GIVING_HISTORY = "giving-history"
"""Consent to use one's donations in conversation."""


@dataclass(frozen=True, slots=True)
class Fact:
    """`name` is how an answer's basis refers to it."""

    name: str
    value: str


def consents(supporter: Supporter, purpose: str) -> bool:
    """Whether the supporter's latest word on a purpose was yes. Silence is no."""
    words = [consent for consent in supporter.consent if consent.purpose == purpose]
    return bool(words) and max(reversed(words), key=lambda consent: consent.recorded_at).granted


def known_facts(supporter: Supporter, donations: DonationPage, context: SupporterContext) -> tuple[Fact, ...]:
    """Every fact that the supporter has consented to, and the name, without which nobody can be greeted."""
    facts = [Fact("name", supporter.name)]
    if consents(supporter, PERSONALISATION):
        facts += _learned(supporter, context)
    if consents(supporter, GIVING_HISTORY):
        facts += _giving(donations)
    return tuple(fact for fact in facts if fact.value)


def _learned(supporter: Supporter, context: SupporterContext) -> Iterator[Fact]:
    yield Fact("interests", ", ".join(dict.fromkeys(supporter.interests + context.interests)))
    yield Fact("intents", "; ".join(context.intents))
    yield Fact("remembered", "; ".join(context.facts))


def _giving(donations: DonationPage) -> Iterator[Fact]:
    kept = [row for row in donations.items if isinstance(row, Donation) and row.remaining.amount]
    yield Fact("donations.total", " and ".join(str(total) for total in donations.totals if total.amount))
    if kept:
        yield Fact("donations.latest", f"{kept[0].amount} on {kept[0].created_at:%-d %B %Y}")
    monthly = next((gift for gift in kept if gift.frequency is Frequency.MONTHLY), None)
    if monthly:
        yield Fact("donations.monthly", f"{monthly.amount} a month")
