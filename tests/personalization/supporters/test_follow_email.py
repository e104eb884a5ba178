import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.workspace import ROOT
from personalization.supporters import wiring
from personalization.supporters.domain.supporter import Supporter, follow_email
from personalization.supporters.handlers.follow_email import handler
from shared.errors import Unavailable, VersionConflict
from tests.personalization.examples import NOW, a_supporter
from tests.personalization.fakes import FakeSupporters
from tests.shared.lambda_context import CONTEXT, fails_as

SAMPLE: dict[str, Any] = json.loads((ROOT / "events" / "personalization" / "follow_email.json").read_text())


@pytest.fixture(autouse=True)
def supporters(monkeypatch: pytest.MonkeyPatch) -> FakeSupporters:
    fake = FakeSupporters()
    monkeypatch.setattr(wiring, "supporters", lambda: fake)
    return fake


def email_changed(email: str = "new@example.org", version: int = 4, occurred_at: str = "") -> dict[str, Any]:
    detail = SAMPLE["detail"] | {"userId": "ada", "data": {"version": version, "email": email, "previousEmail": None}}
    return SAMPLE | {"detail": detail | ({"occurredAt": occurred_at} if occurred_at else {})}


def test_address_follows_once(supporters: FakeSupporters) -> None:
    supporters.add(a_supporter("ada"))
    for _ in range(2):
        handler(email_changed(), CONTEXT)

    before = a_supporter("ada")
    expected = replace(before, email="new@example.org", email_version=4, version=before.version + 1)
    assert supporters.by_id["ada"] == expected


@given(st.permutations(range(1, 6)), st.lists(st.integers(1, 5)))
def test_last_address_counts_in_whatever_order_events_come(order: list[int], repeated: list[int]) -> None:
    supporters = FakeSupporters(a_supporter("ada"))
    for version in [*order, *repeated]:
        follow_email("ada", f"{version}@example.org", version, NOW, supporters, NOW)

    assert supporters.by_id["ada"].email == "5@example.org"


def test_change_of_the_profile_meanwhile_is_kept(supporters: FakeSupporters, monkeypatch: pytest.MonkeyPatch) -> None:
    supporters.add(a_supporter("ada"))
    replace_, conflicts = supporters.replace, 2

    def lose_the_race(supporter: Supporter, before: Supporter) -> None:
        nonlocal conflicts
        if conflicts:
            conflicts -= 1
            supporters.by_id["ada"] = replace(before, name=f"Ada {conflicts}", version=before.version + 1)
            raise VersionConflict
        replace_(supporter, before)

    monkeypatch.setattr(supporters, "replace", lose_the_race)
    handler(email_changed(), CONTEXT)

    assert (supporters.by_id["ada"].name, supporters.by_id["ada"].email) == ("Ada 0", "new@example.org")


def test_event_waits_for_the_supporter_for_an_hour(supporters: FakeSupporters) -> None:
    just_now = (datetime.now(UTC) - timedelta(minutes=1)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    with fails_as(Unavailable):
        handler(email_changed(occurred_at=just_now), CONTEXT)
    handler(email_changed(), CONTEXT)
    assert supporters.by_id == {}


def test_whoever_was_erased_stays_so(supporters: FakeSupporters) -> None:
    supporters.erased.add("ada")
    just_now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    handler(email_changed(occurred_at=just_now), CONTEXT)
    assert supporters.by_id == {}
