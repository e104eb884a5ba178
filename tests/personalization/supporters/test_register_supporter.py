from datetime import UTC, datetime
from typing import Any

import pytest

from personalization.supporters import wiring as registration
from personalization.supporters.domain.supporter import ContactPreferences, Supporter
from personalization.supporters.handlers.register_supporter import handler
from shared.errors import Unavailable
from tests.personalization.examples import a_supporter
from tests.personalization.fakes import FakeSupporters
from tests.shared.lambda_context import CONTEXT, fails_as


@pytest.fixture(autouse=True)
def supporters(monkeypatch: pytest.MonkeyPatch) -> FakeSupporters:
    fake = FakeSupporters()
    monkeypatch.setattr(registration, "supporters", lambda: fake)
    return fake


def user_registered(user_id: str = "ada", **data: str) -> dict[str, Any]:
    """UserRegistered, as the bus delivers it."""
    return {
        "version": "0",
        "id": "the bus's own id",
        "source": "almoner.identity",
        "detail-type": "UserRegistered",
        "detail": {
            "id": "0d5f3c1e-0000-5000-8000-000000000001",
            "version": 1,
            "occurredAt": "2026-02-03T04:05:06.789Z",
            "userId": user_id,
            "data": {"name": "Ada Lovelace", "email": "ada@example.org"} | data,
        },
    }


def test_whoever_signs_up_becomes_a_supporter_with_ordinary_preferences(supporters: FakeSupporters) -> None:
    handler(user_registered(), CONTEXT)

    assert supporters.by_id["ada"] == Supporter(
        user_id="ada",
        name="Ada Lovelace",
        email="ada@example.org",
        created_at=datetime(2026, 2, 3, 4, 5, 6, 789000, tzinfo=UTC),
        preferences=ContactPreferences((), "monthly"),
        consent=(),
        interests=(),
        version=1,
    )


def test_nobody_is_contacted_or_has_consented_by_signing_up(supporters: FakeSupporters) -> None:
    handler(user_registered(), CONTEXT)

    assert supporters.by_id["ada"].preferences.channels == ()
    assert supporters.by_id["ada"].consent == ()


def test_event_that_comes_twice_makes_one_supporter(supporters: FakeSupporters) -> None:
    handler(user_registered(), CONTEXT)
    handler(user_registered(), CONTEXT)

    assert list(supporters.by_id) == ["ada"]
    assert supporters.by_id["ada"].version == 1


def test_late_event_does_not_overwrite_what_the_supporter_has_changed(supporters: FakeSupporters) -> None:
    supporters.add(a_supporter("ada"))

    handler(user_registered(name="Old Name"), CONTEXT)

    assert supporters.by_id["ada"] == a_supporter("ada")


def test_two_people_become_two_supporters(supporters: FakeSupporters) -> None:
    handler(user_registered("ada"), CONTEXT)
    handler(user_registered("bob"), CONTEXT)

    assert sorted(supporters.by_id) == ["ada", "bob"]


def test_person_without_a_name_becomes_a_supporter_too(supporters: FakeSupporters) -> None:
    handler(user_registered(name=""), CONTEXT)

    assert supporters.by_id["ada"].name == ""


def test_store_that_is_busy_fails_the_event_so_that_lambda_tries_again(monkeypatch: pytest.MonkeyPatch) -> None:
    class BusySupporters:
        def add(self, supporter: Supporter) -> bool:
            raise Unavailable(f"busy {supporter.version}")

    monkeypatch.setattr(registration, "supporters", BusySupporters)

    with fails_as(Unavailable):
        handler(user_registered(), CONTEXT)


@pytest.mark.parametrize("missing", ["name", "email"])
def test_event_that_lacks_data_fails_rather_than_making_half_a_supporter(
    supporters: FakeSupporters, missing: str
) -> None:
    event = user_registered()
    del event["detail"]["data"][missing]

    with fails_as(KeyError):
        handler(event, CONTEXT)
    assert supporters.by_id == {}
