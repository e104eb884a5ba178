import json
from dataclasses import replace
from typing import Any

import pytest

from communications.users import wiring
from communications.users.domain.synchronizing import Contacts, Synchronizing
from communications.users.domain.users import Settings
from communications.users.handlers.register_user import handler
from local.workspace import ROOT
from shared.errors import Unavailable
from tests.communications.examples import NOW, a_user, number_of
from tests.communications.users.fakes import FakeUsers
from tests.communications.users.pool import FakeLater, FakePool
from tests.shared.lambda_context import CONTEXT, fails_as


@pytest.fixture
def pool() -> FakePool:
    return FakePool()


@pytest.fixture(autouse=True)
def users(monkeypatch: pytest.MonkeyPatch, pool: FakePool) -> FakeUsers:
    fake = FakeUsers()
    monkeypatch.setattr(wiring, "synchronizing", lambda: Synchronizing(fake, pool, FakeLater(), lambda: NOW))
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


def test_record_that_holds_the_address_of_somebody_new_follows_its_own_account(
    users: FakeUsers, pool: FakePool
) -> None:
    users.add(replace(a_user("eve"), email="Ada@example.org"))
    pool.contacts_of |= {"eve": Contacts("eve@example.org", number_of("eve")), "ada": Contacts("ada@example.org")}

    handler(user_registered(), CONTEXT)

    assert (users.by_id["ada"].email, users.by_id["eve"].email) == ("ada@example.org", "eve@example.org")
    handler(user_registered(), CONTEXT)
    assert len(users.by_id) == 2


def test_record_of_an_account_that_is_gone_gives_up_its_address(users: FakeUsers, pool: FakePool) -> None:
    users.add(replace(a_user("eve"), email="ada@example.org"))
    pool.contacts_of["ada"] = Contacts("ada@example.org")

    handler(user_registered(), CONTEXT)

    assert (users.by_id["ada"].email, users.by_id["eve"].email) == ("ada@example.org", "")


def test_late_event_of_an_address_that_is_another_users_now_registers_the_one_of_the_account(
    users: FakeUsers, pool: FakePool
) -> None:
    users.add(replace(a_user("eve"), email="ada@example.org"))
    pool.contacts_of |= {"eve": Contacts("ada@example.org", number_of("eve")), "ada": Contacts("new@example.org")}

    handler(user_registered(), CONTEXT)

    assert (users.by_id["ada"].email, users.by_id["eve"].email) == ("new@example.org", "ada@example.org")


def test_whoever_has_no_account_any_more_is_not_registered(users: FakeUsers, pool: FakePool) -> None:
    users.add(replace(a_user("eve"), email="ada@example.org"))
    pool.contacts_of["eve"] = Contacts("ada@example.org", number_of("eve"))

    handler(user_registered(), CONTEXT)

    assert users.by_id.keys() == {"eve"}


def test_pool_that_names_two_owners_has_the_event_come_again(users: FakeUsers, pool: FakePool) -> None:
    users.add(replace(a_user("eve"), email="ada@example.org"))
    pool.contacts_of |= {"eve": Contacts("ada@example.org"), "ada": Contacts("ada@example.org")}

    with fails_as(Unavailable):
        handler(user_registered(), CONTEXT)
    assert users.by_id.keys() == {"eve"}
