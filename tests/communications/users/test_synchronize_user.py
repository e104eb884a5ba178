"""The queue of those whose addresses may have changed: whatever broke off, records end as the user pool says."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communications.users import wiring
from communications.users.domain.addresses import email_key, phone_key
from communications.users.domain.synchronizing import Contacts, Synchronizing
from communications.users.handlers.synchronize_user import handler
from local.workspace import ROOT
from shared.errors import Unavailable
from tests.communications.examples import NOW, a_user, number_of
from tests.communications.users.fakes import FakeUsers
from tests.communications.users.pool import FakeLater, FakePool
from tests.shared.lambda_context import CONTEXT

SAMPLE = json.loads((ROOT / "events" / "communications" / "synchronize_user.json").read_text())
NAMES = "ada", "bob", "cid", "dee"


def queued(*user_ids: str) -> dict[str, Any]:
    return {"Records": [SAMPLE["Records"][0] | {"messageId": each, "body": each} for each in user_ids]}


def worked_off(users: FakeUsers, pool: FakePool, *user_ids: str) -> None:
    """With what comes of it; the more often, the same."""
    later = FakeLater(list(user_ids))
    synchronizing = Synchronizing(users, pool, later, lambda: NOW)
    for _ in range(50):
        if not later.user_ids:
            return
        synchronizing.follow(later.user_ids.pop(0))
    raise AssertionError("it never ends")


@given(
    st.permutations(NAMES),
    st.permutations(NAMES),
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=6),
)
def test_every_record_ends_with_the_addresses_of_its_account(
    held: list[str], owned: list[str], first: list[str]
) -> None:
    """Whoever's they were before, in whatever order they are looked at."""
    users = FakeUsers()
    for name, address in zip(NAMES, held, strict=True):
        users.add(replace(a_user(name), email=f"{address}@example.org", phone=number_of(address)))
    pool = FakePool(
        {name: Contacts(f"{each}@example.org", number_of(each)) for name, each in zip(NAMES, owned, strict=True)}
    )

    worked_off(users, pool, *first, *NAMES)

    for name in NAMES:
        user, contacts = users.by_id[name], pool.contacts_of[name]
        assert Contacts(user.email, user.phone) == contacts
        assert users.owner(email_key(user.email)) == name
        assert users.owner(phone_key(user.phone or "")) == name
    assert len(users.owners) == 2 * len(NAMES)


def test_each_message_is_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    users = FakeUsers(a_user("ada"), a_user("bob"))
    pool = FakePool({"ada": Contacts("new@example.org", number_of("ada")), "bob": Contacts("bob@example.org")})

    def contacts(user_id: str) -> Contacts | None:
        if user_id == "bob":
            raise Unavailable("Nobody answers.")
        return pool.contacts_of.get(user_id)

    monkeypatch.setattr(pool, "contacts", contacts)
    monkeypatch.setattr(wiring, "synchronizing", lambda: Synchronizing(users, pool, FakeLater(), lambda: NOW))

    assert handler(queued("bob", "ada", "nobody"), CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "bob"}]}
    assert users.by_id["ada"].email == "new@example.org"
    assert users.by_id["bob"] == a_user("bob")


def test_number_of_somebody_else_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    users = FakeUsers(a_user("ada"), a_user("bob"))
    pool = FakePool({name: Contacts(f"{name}@example.org", number_of("bob")) for name in ("ada", "bob")})
    monkeypatch.setattr(wiring, "synchronizing", lambda: Synchronizing(users, pool, FakeLater(), lambda: NOW))

    assert handler(queued("ada"), CONTEXT) == {"batchItemFailures": []}
    assert pool.contacts_of["ada"].phone == number_of("ada")
    assert users.by_id == {"ada": a_user("ada"), "bob": a_user("bob")}


def test_whoever_is_erased_meanwhile_stays_so() -> None:
    users = FakeUsers(a_user("ada"))
    users.erase("ada")

    worked_off(users, FakePool({"ada": Contacts("new@example.org")}), "ada")
    assert (users.by_id, users.owners) == ({}, {})
