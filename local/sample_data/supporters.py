"""Fifty supporters and five years of their donations, from a fixed random seed."""

import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from local.sample_data.accounts import SignedUp
from personalization.donations.domain.donations import Donation, Frequency
from personalization.memory.domain.context import SupporterContext
from personalization.supporters.domain.consent import GIVING_HISTORY, PERSONALISATION
from personalization.supporters.domain.supporter import Consent, ContactPreferences, Supporter
from shared.ids import uuid7
from shared.money import Money

COUNT = 50
YEARS = 5
_SEED = 20_21
_NAMESPACE = uuid.UUID("0b9f3c9e-6c55-5d0e-a6a5-0f3f6f0c5a11")

_FIRST_NAMES = """
    Aisha Alun Andrew Anika Beatriz Callum Chloe Daniel Deepa Eilidh Elena Fatima Fergus George Grace Hannah Harpreet
    Hugh Imogen Isaac Jamal Joanna Kwame Leila Liam Maeve Marcus Mei Mohammed Nadia Niamh Oliver Olu Owen Patrick
    Rhiannon Rosa Ruth Samir Sanjay Sian Sofia Stefan Tariq Teresa Wei Yusuf Zainab Zoe
"""
_LAST_NAMES = """
    Ahmed Allen Baker Begum Bevan Campbell Carter Chan Clarke Costa Davies Edwards Evans Farouk Fraser Gallagher Green
    Griffiths Hall Hussain Iqbal Jackson James Jones Kaur Kelly Khan Kowalska Lewis MacDonald Martin Mensah Murphy
    Nowak O'Brien Osei Owens Patel Popescu Rees Roberts Robinson Scott Silva Singh Stewart Taylor Thomas Wang Williams
"""
_INTERESTS = (
    "breast cancer research",
    "children's cancers",
    "clinical trials",
    "early detection",
    "fundraising events",
    "legacy giving",
    "local shops",
    "prevention",
    "running",
    "volunteering",
)
_FACTS = (
    "ran the half marathon in memory of her mother",
    "prefers news about research results",
    "volunteers in a charity shop at weekends",
    "asked how monthly gifts are used",
    "has a relative in treatment",
)
_INTENTS = ("raise the monthly gift", "join an event", "read about research", "leave a gift in a will")
_GIFTS_PENCE = (500, 1000, 1000, 1500, 2000, 2500, 5000, 10000)


@dataclass(frozen=True)
class Sample:
    """A supporter with all their data; `contexts` are successive versions."""

    supporter: Supporter
    donations: Sequence[Donation]
    contexts: Sequence[SupporterContext]

    def belonging_to(self, user: SignedUp) -> "Sample":
        """The same history for an account that can sign in, with that account's consent."""
        purposes = (PERSONALISATION, GIVING_HISTORY)
        given = tuple(Consent(p, p in user.consented, self.supporter.created_at) for p in purposes)
        mine = replace(self.supporter, user_id=user.user_id, name=user.name, email=user.email, consent=given)
        return Sample(
            mine,
            [replace(donation, user_id=user.user_id) for donation in self.donations],
            self.contexts,
        )


def samples(today: datetime) -> list[Sample]:
    """COUNT supporters whose donations end `today`; always the same ones."""
    source = random.Random(_SEED)  # noqa: S311  not for secrets
    return [_sample(number, source, today) for number in range(COUNT)]


def _sample(number: int, source: random.Random, today: datetime) -> Sample:
    names = _FIRST_NAMES.split()
    first, last = names[number % len(names)], source.choice(_LAST_NAMES.split())
    email = f"{first}.{last}{number}@example.org".lower().replace("'", "")
    user_id = str(uuid.uuid5(_NAMESPACE, email))
    joined = today - timedelta(days=source.randint(200, YEARS * 365))
    supporter = Supporter(
        user_id=user_id,
        name=f"{first} {last}",
        email=email,
        created_at=joined,
        preferences=ContactPreferences(
            channels=tuple(c for c in ("email", "sms", "phone", "post") if source.random() < 0.5) or ("email",),
            frequency=source.choice(("weekly", "monthly", "quarterly")),
        ),
        consent=(
            Consent("marketing", source.random() < 0.7, joined),
            Consent(PERSONALISATION, source.random() < 0.8, joined),
            Consent(GIVING_HISTORY, source.random() < 0.6, joined),
        ),
        interests=tuple(sorted(source.sample(_INTERESTS, source.randint(1, 3)))),
    )
    donations = sorted(_donations(user_id, joined, today, source), key=lambda donation: donation.donation_id)
    return Sample(supporter, donations, _contexts(supporter, today, source))


def _donations(user_id: str, joined: datetime, today: datetime, source: random.Random) -> Iterator[Donation]:
    """Some donate monthly, some occasionally, a few both; one in 15 in euros, one in 12 sometimes anonymously."""
    currency = "EUR" if source.random() < 1 / 15 else "GBP"
    shy = source.random() < 1 / 12

    def gift(when: datetime, pence: int, frequency: Frequency) -> Donation:
        drawn = source.getrandbits(74)
        return Donation(
            donation_id=uuid7(when, drawn),
            user_id=user_id,
            amount=Money(pence, currency),
            frequency=frequency,
            anonymous=shy and drawn % 4 == 0,
            created_at=when,
            refunded=Money(0, currency),
        )

    if source.random() < 0.6:
        pence = source.choice(_GIFTS_PENCE[:5])
        when = joined + timedelta(days=source.randint(0, 60))
        while when < today:
            yield gift(when, pence, Frequency.MONTHLY)
            when += timedelta(days=365 / 12)
            if source.random() < 0.02:
                pence += 500
    for _ in range(source.randint(0, 12)):
        when = joined + (today - joined) * source.random()
        yield gift(when, source.choice(_GIFTS_PENCE), Frequency.ONE_OFF)


def _contexts(supporter: Supporter, today: datetime, source: random.Random) -> list[SupporterContext]:
    return [
        SupporterContext(
            version=version,
            interests=supporter.interests[:version],
            intents=(source.choice(_INTENTS),),
            facts=tuple(sorted(source.sample(_FACTS, version))),
            updated_at=today - timedelta(days=30 * (4 - version)),
        )
        for version in range(1, source.randint(0, 3) + 1)
    ]


def midnight(now: datetime) -> datetime:
    """The start of the day, so that the data is the same all day."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
