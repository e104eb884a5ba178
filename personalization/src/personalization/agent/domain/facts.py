"""What the model may learn about a supporter: facts by name, each subject to the consent that it needs.

Anonymous gifts are never among them, not even for the donor: what the agent says becomes a turn, and may become part of
the context, which staff can read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo

from personalization.donations.domain.donations import Donation, DonationPage, Frequency
from personalization.memory.domain.context import SupporterContext
from personalization.supporters.domain.consent import GIVING_HISTORY, PERSONALISATION, consents
from personalization.supporters.domain.supporter import Supporter
from shared.time.moments import day


@dataclass(frozen=True, slots=True)
class Fact:
    """`name` is how an answer's basis refers to the fact."""

    name: str
    value: str


NOT_REMEMBERED = (
    "We remember nothing of what you say after this conversation, as you have not allowed it. "
    "To allow it, give your consent to personal answers in your profile."
)


def permitted_facts(
    supporter: Supporter, donations: DonationPage, context: SupporterContext, zone: tzinfo
) -> tuple[Fact, ...]:
    """The name, without which nobody can be greeted, and every fact that the supporter has consented to.

    Whoever asks what is remembered without having allowed it has to learn how.

    Days are those of `zone`.
    """
    facts = [Fact("name", supporter.name)]
    if consents(supporter, PERSONALISATION):
        facts += _interests(supporter, context)
    else:
        facts.append(Fact("memory", NOT_REMEMBERED))
    if consents(supporter, GIVING_HISTORY):
        facts += _giving(donations, zone)
    return tuple(fact for fact in facts if fact.value)


def _interests(supporter: Supporter, context: SupporterContext) -> Iterator[Fact]:
    yield Fact("interests", ", ".join(dict.fromkeys(supporter.interests + context.interests)))
    yield Fact("intents", "; ".join(context.intents))
    yield Fact("remembered", "; ".join(context.facts))


def _giving(donations: DonationPage, zone: tzinfo) -> Iterator[Fact]:
    kept = [row for row in donations.items if isinstance(row, Donation) and row.remaining.amount]
    yield Fact("donations.total", " and ".join(str(total) for total in donations.totals if total.amount))
    if kept:
        yield Fact("donations.latest", f"{kept[0].amount} on {day(kept[0].created_at, zone)}")
    monthly = next((gift for gift in kept if gift.frequency is Frequency.MONTHLY), None)
    if monthly:
        yield Fact("donations.monthly", f"{monthly.amount} a month")
