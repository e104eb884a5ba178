import json
from dataclasses import replace
from typing import Any

import pytest

from communications.users import wiring
from communications.users.domain.addresses import AddressTaken
from communications.users.domain.users import Settings
from communications.users.handlers.register_user import handler
from local.workspace import ROOT
from tests.communications.examples import a_user
from tests.communications.users.fakes import FakeUsers
from tests.shared.lambda_context import CONTEXT, fails_as


@pytest.fixture(autouse=True)
def users(monkeypatch: pytest.MonkeyPatch) -> FakeUsers:
    fake = FakeUsers()
    monkeypatch.setattr(wiring, "users", lambda: fake)
    monkeypatch.setattr(wiring, "records", lambda: fake)
    return fake


def user_registered(user_id: str = "ada", **data: object) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((ROOT / "events" / "communications" / "register_user.json").read_text())
    event["detail"] |= {"userId": user_id, "data": {"name": "Ada Lovelace", "email": f"{user_id}@example.org"} | data}
    return event


def test_whoever_signs_up_becomes_a_user_with_ordinary_settings(users: FakeUsers) -> None:
    handler(user_registered(), CONTEXT)

    user = users.by_id["ada"]
    assert (user.first_name, user.last_name, user.email) == ("Ada", "Lovelace", "ada@example.org")
    assert (user.phone, user.settings, user.version) == (None, Settings(), 1)


@pytest.mark.parametrize(
    ("name", "first_and_last"),
    [
        ("Ana María Ruiz", ("Ana", "María Ruiz")),
        ("Cher", ("Cher", "")),
        ("  Zoe\u0308   Reid ", ("Zoë", "Reid")),
        ("Ada\r\n<b>X", ("Ada", "b X")),
        ("", ("", "")),
        (None, ("", "")),
        (7, ("", "")),
    ],
)
def test_one_name_becomes_two(users: FakeUsers, name: object, first_and_last: tuple[str, str]) -> None:
    handler(user_registered(name=name), CONTEXT)

    assert (users.by_id["ada"].first_name, users.by_id["ada"].last_name) == first_and_last


def test_repeated_and_late_events_change_nothing(users: FakeUsers) -> None:
    users.add(a_user("ada"))

    handler(user_registered(name="Old Name"), CONTEXT)
    handler(user_registered(name="Old Name"), CONTEXT)

    assert users.by_id == {"ada": a_user("ada")}


def test_event_without_an_address_fails_rather_than_making_half_a_user(users: FakeUsers) -> None:
    event = user_registered()
    del event["detail"]["data"]["email"]

    with fails_as(KeyError):
        handler(event, CONTEXT)
    assert users.by_id == {}


def test_address_of_somebody_else_fails_the_event(users: FakeUsers) -> None:
    users.add(replace(a_user("eve"), email="ada@example.org"))

    with fails_as(AddressTaken):
        handler(user_registered(), CONTEXT)
    assert "ada" not in users.by_id
