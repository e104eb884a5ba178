from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personalization.agent.domain.facts import NOT_REMEMBERED, permitted_facts
from personalization.donations.domain.donations import DonationPage, Frequency
from personalization.memory.domain.context import SupporterContext
from personalization.supporters.domain.consent import GIVING_HISTORY, PERSONALISATION, consents
from personalization.supporters.domain.supporter import Consent, Supporter
from shared.money import Money, totals
from tests.personalization.examples import NOW, a_context, a_supporter, consenting, donation, refund_of

NO_DONATIONS = DonationPage(items=(), totals=(), next_position=None)
LONDON = ZoneInfo("Europe/London")
PURPOSES = (PERSONALISATION, GIVING_HISTORY, "newsletter", "profiling")

words = st.lists(
    st.builds(
        Consent,
        st.sampled_from(PURPOSES),
        st.booleans(),
        st.datetimes(timezones=st.just(UTC), min_value=datetime(2020, 1, 1), max_value=datetime(2026, 1, 1)),  # noqa: DTZ001  hypothesis adds the zone
    ),
    unique_by=lambda word: word.recorded_at,
)


def history(*numbers: int, amount: Money | None = None) -> DonationPage:
    given = tuple(donation(number, amount=amount) for number in sorted(numbers, reverse=True))
    return DonationPage(given, totals(each.amount for each in given), next_position=None)


def facts_of(
    supporter: Supporter,
    donations: DonationPage = NO_DONATIONS,
    context: SupporterContext | None = None,
    zone: tzinfo = UTC,
) -> dict[str, str]:
    facts = permitted_facts(supporter, donations, context or SupporterContext(), zone)
    names = [fact.name for fact in facts]
    assert len(names) == len(set(names)), "an answer's basis could not tell them apart"
    return {fact.name: fact.value for fact in facts}


# --- Consent


def test_silence_is_no() -> None:
    assert not consents(consenting(), PERSONALISATION)


@pytest.mark.parametrize("granted", [True, False])
def test_one_word_decides(granted: bool) -> None:
    supporter = replace(a_supporter(), consent=(Consent(PERSONALISATION, granted, NOW),))

    assert consents(supporter, PERSONALISATION) is granted


@pytest.mark.parametrize("purpose", ["", "Personalisation", "personalization", "personalisation "])
def test_yes_to_another_purpose_is_no_yes(purpose: str) -> None:
    assert not consents(consenting(purpose), PERSONALISATION)


@given(words, st.sampled_from(PURPOSES))
def test_latest_word_counts_wherever_it_stands(said: list[Consent], purpose: str) -> None:
    on_purpose = sorted((word.recorded_at, word.granted) for word in said if word.purpose == purpose)
    supporter = replace(a_supporter(), consent=tuple(said))

    assert consents(supporter, purpose) is (on_purpose[-1][1] if on_purpose else False)


# --- What may be said


def test_only_the_name_is_permitted_without_consent_and_how_to_give_it() -> None:
    facts = facts_of(consenting(), history(1, 2), a_context(3))

    assert facts == {"name": "Zoë 山田", "memory": NOT_REMEMBERED}


def test_consent_to_personalisation_opens_interests_and_what_was_learned() -> None:
    context = SupporterContext(
        version=3,
        interests=("running", "education"),
        intents=("give monthly", "volunteer"),
        facts=("lives in Leeds", "has a dog"),
        updated_at=NOW,
    )

    assert facts_of(consenting(PERSONALISATION), history(1, 2), context) == {
        "name": "Zoë 山田",
        "interests": "clean water, education, running",
        "intents": "give monthly; volunteer",
        "remembered": "lives in Leeds; has a dog",
    }


def test_consent_to_giving_history_opens_donations_only() -> None:
    assert facts_of(consenting(GIVING_HISTORY), history(1, 2), a_context(3)) == {
        "name": "Zoë 山田",
        "memory": NOT_REMEMBERED,
        "donations.total": "GBP 20.03",
        "donations.latest": "GBP 10.02 on 3 February 2026",
        "donations.monthly": "GBP 10.01 a month",
    }


def test_consent_to_both_opens_both() -> None:
    both = facts_of(consenting(PERSONALISATION, GIVING_HISTORY), history(1, 2), a_context(3))

    apart = (
        facts_of(consenting(purpose), history(1, 2), a_context(3)) for purpose in (PERSONALISATION, GIVING_HISTORY)
    )
    assert both | {"memory": NOT_REMEMBERED} == next(apart) | next(apart)


@pytest.mark.parametrize("purpose", ["newsletter", "profiling"])
def test_consent_to_something_else_opens_nothing(purpose: str) -> None:
    assert facts_of(consenting(purpose), history(1, 2), a_context(3)).keys() == {"name", "memory"}


def test_consent_that_was_taken_back_opens_nothing() -> None:
    yes_and_no = [
        Consent(purpose, granted, NOW + timedelta(days=0 if granted else 1))
        for purpose in (PERSONALISATION, GIVING_HISTORY)
        for granted in (True, False)
    ]

    assert facts_of(replace(a_supporter(), consent=tuple(yes_and_no)), history(1, 2), a_context(3)).keys() == {
        "name",
        "memory",
    }


@given(words)
def test_address_preferences_and_ids_are_never_facts(said: list[Consent]) -> None:
    supporter = replace(a_supporter("0197a1b2-user"), email="ada.private@example.org", consent=tuple(said))

    text = str(permitted_facts(supporter, history(*range(25)), a_context(3), UTC))

    assert "ada.private" not in text
    assert "0197a1b2-user" not in text
    assert "quarterly" not in text
    assert not any(each.donation_id in text for each in history(*range(25)).items)


# --- How it is said


def test_what_is_empty_is_no_fact() -> None:
    nameless = replace(consenting(PERSONALISATION, GIVING_HISTORY), name="", interests=())

    assert facts_of(nameless) == {}


def test_interest_that_was_given_and_learned_is_said_once() -> None:
    context = SupporterContext(1, interests=("education", "running"), updated_at=NOW)

    assert facts_of(consenting(PERSONALISATION), context=context)["interests"] == "clean water, education, running"


def test_totals_of_several_currencies_are_all_said() -> None:
    sums = replace(history(1), totals=(Money(1299, "GBP"), Money(5000, "JPY"), Money(-50, "USD")))

    assert facts_of(consenting(GIVING_HISTORY), sums)["donations.total"] == "GBP 12.99 and JPY 5,000 and USD -0.50"


def test_totals_are_of_all_donations_and_not_of_the_page() -> None:
    page = replace(history(1), totals=(Money(10**9, "GBP"),), next_position="there is more")

    assert facts_of(consenting(GIVING_HISTORY), page)["donations.total"] == "GBP 10,000,000.00"


def test_whoever_gives_once_gives_nothing_monthly() -> None:
    once = replace(donation(2), frequency=Frequency.ONE_OFF)

    facts = facts_of(consenting(GIVING_HISTORY), DonationPage((once,), (once.amount,), None))

    assert facts.keys() == {"name", "memory", "donations.total", "donations.latest"}


def test_latest_monthly_gift_is_the_one_that_counts() -> None:
    assert facts_of(consenting(GIVING_HISTORY), history(1, 3, 4))["donations.monthly"] == "GBP 10.03 a month"


def test_days_of_gifts_are_those_of_the_charity() -> None:
    late = replace(donation(1), created_at=datetime(2026, 7, 31, 23, 30, tzinfo=UTC))
    page = DonationPage((late,), (late.amount,), None)

    days = [facts_of(consenting(GIVING_HISTORY), page, zone=zone)["donations.latest"] for zone in (UTC, LONDON)]

    assert days == ["GBP 10.01 on 31 July 2026", "GBP 10.01 on 1 August 2026"]


def test_gift_that_was_given_back_is_nothing_to_thank_for() -> None:
    kept, returned = donation(1), donation(3)
    returned = replace(returned, refunded=returned.amount)
    rows = (refund_of(returned, returned.amount.amount), returned, kept)
    page = DonationPage(rows, totals(row.amount for row in rows), next_position=None)

    facts = facts_of(consenting(GIVING_HISTORY), page)

    assert facts["donations.total"] == str(kept.amount)
    assert facts["donations.latest"].startswith(f"{kept.amount} on ")
    assert facts["donations.monthly"] == f"{kept.amount} a month"


def test_nothing_is_said_of_giving_that_came_to_nothing() -> None:
    returned = replace(donation(1), refunded=donation(1).amount)
    page = DonationPage((refund_of(returned, 1001), returned), (Money(0, "GBP"),), next_position=None)

    assert facts_of(consenting(GIVING_HISTORY), page) == {
        "name": "Zoë 山田",
        "memory": NOT_REMEMBERED,
    }


def test_of_two_words_at_the_same_moment_the_later_in_the_record_counts() -> None:
    words = (Consent(PERSONALISATION, True, NOW), Consent(PERSONALISATION, False, NOW))
    assert not consents(replace(a_supporter(), consent=words), PERSONALISATION)
