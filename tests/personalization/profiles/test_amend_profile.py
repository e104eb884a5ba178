import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personalization.profiles import wiring
from personalization.profiles.domain.amendment import MAX_DECISIONS, Amendment, consent_given
from personalization.profiles.handlers.amend_profile import handler
from personalization.supporters.domain.consent import consents
from personalization.supporters.domain.supporter import Consent, Supporter
from shared.http.cursors import Cursors
from tests.personalization.examples import NOW, a_supporter
from tests.personalization.fakes import FakeProfiles, FakeSupporters
from tests.shared.gateway_events import access_claims, rest_event
from tests.shared.lambda_context import CONTEXT

pytestmark = pytest.mark.usefixtures("edge")


@pytest.fixture(autouse=True)
def supporters(monkeypatch: pytest.MonkeyPatch) -> FakeSupporters:
    """Ada and Bob, both at version 7."""
    fake = FakeSupporters(a_supporter("ada"), a_supporter("bob"))
    monkeypatch.setattr(wiring, "supporters", lambda: fake)
    monkeypatch.setattr(wiring, "profiles", lambda: FakeProfiles(fake))
    monkeypatch.setattr(wiring, "cursors", lambda: Cursors("a key for tests"))
    return fake


def amend(body: object, caller: str = "ada", groups: object = None, **query: str) -> tuple[int, Any]:
    event = rest_event(
        access_claims(caller, groups),
        query,
        headers={"Content-Type": "application/json"},
        method="PATCH",
        body=json.dumps(body),
    )
    answer = handler(event, CONTEXT)
    return answer["statusCode"], json.loads(answer["body"])


def test_what_is_left_out_stays(supporters: FakeSupporters) -> None:
    status, profile = amend({"version": 7, "interests": ["sailing"]})

    assert status == 200
    assert profile["interests"] == ["sailing"]
    assert profile["version"] == 8
    assert supporters.by_id["ada"] == replace(a_supporter("ada"), interests=("sailing",), version=8)
    assert supporters.by_id["bob"] == a_supporter("bob")


def test_everything_can_be_changed_at_once(supporters: FakeSupporters) -> None:
    status, profile = amend(
        {
            "version": 7,
            "name": "Ada L.",
            "preferences": {"channels": ["phone"], "frequency": "never"},
            "interests": [],
            "consent": [{"purpose": "personalisation", "granted": True}],
        }
    )

    assert status == 200
    assert (profile["name"], profile["interests"]) == ("Ada L.", [])
    assert profile["preferences"] == {"channels": ["phone"], "frequency": "never"}
    assert consents(supporters.by_id["ada"], "personalisation")


def test_names_and_interests_that_look_the_same_are_the_same() -> None:
    profile = amend({"version": 7, "name": " Zoe\u0308  Reid", "interests": ["cafe\u0301 culture "]})[1]

    assert (profile["name"], profile["interests"]) == ("Zo\u00eb Reid", ["caf\u00e9 culture"])


def test_stale_version_is_a_conflict_and_changes_nothing(supporters: FakeSupporters) -> None:
    status, problem = amend({"version": 6, "name": "Ada L."})

    assert status == 409
    assert "version 6" in problem["detail"]
    assert supporters.by_id["ada"] == a_supporter("ada")


def test_supporter_cannot_change_another(supporters: FakeSupporters) -> None:
    status, _ = amend({"version": 7, "name": "Mallory"}, userId="bob")

    assert status == 404
    assert supporters.by_id["bob"] == a_supporter("bob")


def test_staff_change_anyone(supporters: FakeSupporters) -> None:
    status, _ = amend({"version": 7, "name": "Robert"}, caller="eve", groups="[staff]", userId="bob")

    assert status == 200
    assert supporters.by_id["bob"].name == "Robert"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "version"),
        ({"version": 0}, "version"),
        ({"version": True}, "version"),
        ({"version": 7, "name": " "}, "name"),
        ({"version": 7, "name": "a\nb"}, "name"),
        ({"version": 7, "name": "Ada</fact>"}, "name"),
        ({"version": 7, "name": "Ada\u202e"}, "name"),
        ({"version": 7, "email": "new@example.org"}, "email"),
        ({"version": 7, "preferences": {"channels": ["pigeon"], "frequency": "never"}}, "preferences.channels[0]"),
        ({"version": 7, "preferences": {"channels": ["sms", "sms"], "frequency": "never"}}, "preferences.channels"),
        ({"version": 7, "interests": ["a", "a"]}, "interests"),
        ({"version": 7, "interests": ["caf\u00e9", " cafe\u0301"]}, "interests"),
        ({"version": 7, "interests": ["x" * 61]}, "interests[0]"),
        ({"version": 7, "consent": [{"purpose": "espionage", "granted": True}]}, "consent[0].purpose"),
        ({"version": 7, "consent": [{"purpose": "marketing", "granted": "yes"}]}, "consent[0].granted"),
        (
            {"version": 7, "consent": [{"purpose": "marketing", "granted": True, "recordedAt": "2026-01-01T00:00:00"}]},
            "consent[0].recordedAt",
        ),
    ],
)
def test_bad_input_names_its_field_and_changes_nothing(supporters: FakeSupporters, body: object, field: str) -> None:
    status, problem = amend(body)

    assert status == 422
    assert [error["field"] for error in problem["errors"]] == [field]
    assert supporters.by_id["ada"] == a_supporter("ada")


def test_word_said_earlier_keeps_its_date_and_none_is_of_the_future() -> None:
    earlier, later = NOW - timedelta(days=30), NOW + timedelta(days=30)
    assert consent_given("marketing", True, earlier, NOW).recorded_at == earlier
    assert consent_given("marketing", True, None, NOW).recorded_at == NOW
    assert consent_given("marketing", True, later, NOW).recorded_at == NOW


PURPOSES = ["marketing", "personalisation", "giving-history"]
moments = st.datetimes(datetime(2020, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
words = st.builds(Consent, st.sampled_from(PURPOSES), st.booleans(), moments)
floods = st.builds(lambda word, times: [word] * times, words, st.integers(0, MAX_DECISIONS + 5))


def amended(supporter: Supporter, *consent: Consent) -> Supporter:
    return Amendment(consent=consent).applied_to(supporter)


@given(st.lists(st.one_of(floods, st.lists(words, max_size=10)), max_size=8))
def test_only_superseded_words_on_the_same_purpose_are_forgotten(changes: list[list[Consent]]) -> None:
    supporter = replace(a_supporter(), consent=())
    for change in changes:
        supporter = amended(supporter, *change)

    said = [word for change in changes for word in change]
    for purpose in PURPOSES:
        on_purpose = [word for word in sorted(said, key=lambda word: word.recorded_at) if word.purpose == purpose]
        kept = [word for word in supporter.consent if word.purpose == purpose]
        assert kept == on_purpose[-MAX_DECISIONS:]
        assert consents(supporter, purpose) == (bool(on_purpose) and on_purpose[-1].granted)


def test_a_hundred_words_on_marketing_leave_the_other_purposes_alone(supporters: FakeSupporters) -> None:
    given_once = [{"purpose": purpose, "granted": True} for purpose in PURPOSES]
    amend({"version": 7, "consent": given_once})
    for number in range(10):
        changes = [{"purpose": "marketing", "granted": bool(n % 2)} for n in range(10)]
        assert amend({"version": 8 + number, "consent": changes})[0] == 200

    assert [consents(supporters.by_id["ada"], purpose) for purpose in PURPOSES] == [True, True, True]
