"""POST /users: staff invite somebody, once, whatever breaks off."""

from typing import Any

import pytest

from communications.users import wiring
from communications.users.domain.synchronizing import Contacts, Synchronizing
from communications.users.handlers.create_user import handler
from shared.errors import Unavailable
from tests.communications.examples import NOW, a_user
from tests.communications.users.erasure_fakes import FakeAccounts
from tests.communications.users.fakes import FakeUsers
from tests.communications.users.pool import FakeLater, FakePool
from tests.shared.gateway_events import access_claims
from tests.shared.http_api_calls import ADMIN, SUPPORTER, call

pytestmark = pytest.mark.usefixtures("edge")

type Json = dict[str, Any]
STAFF = access_claims("priya", "[staff]")
ZOE = {"email": "zoe@example.org", "firstName": "Zoë", "lastName": "Reid"}


@pytest.fixture(autouse=True)
def accounts(monkeypatch: pytest.MonkeyPatch, users: FakeUsers) -> FakeAccounts:
    fake = FakeAccounts()
    fake.addresses["ada@example.org"] = "ada"
    answers = users.first_answers
    monkeypatch.setattr(wiring, "invitations", lambda: fake)
    synchronizing = Synchronizing(users, FakePool({"ada": Contacts("ada@example.org")}), FakeLater(), lambda: NOW)
    monkeypatch.setattr(wiring, "synchronizing", lambda: synchronizing)
    monkeypatch.setattr(wiring, "first_answers", lambda: answers)
    return fake


@pytest.fixture
def users() -> FakeUsers:
    return FakeUsers(a_user("ada"))


def post(body: object, claims: Json = STAFF, key: str | None = None) -> tuple[int, Any]:
    headers = {"idempotency-key": key} if key else {}
    return call(handler, "POST /users", body, claims=claims, headers=headers)


def test_staff_invite_somebody(users: FakeUsers, accounts: FakeAccounts) -> None:
    status, user = post(ZOE)

    assert (status, user["email"], user["firstName"], user["lastName"]) == (201, "zoe@example.org", "Zoë", "Reid")
    assert (user["settings"]["channels"]["email"], user["version"]) == (True, 1)
    assert users.by_id[user["userId"]].invited_by == "priya"
    assert accounts.invited == [("zoe@example.org", "Zoë Reid")]


def test_only_admins_give_groups(users: FakeUsers, accounts: FakeAccounts) -> None:
    assert post(ZOE | {"groups": ["staff"]})[0] == 403
    assert accounts.invited == []
    status, user = post(ZOE | {"groups": ["staff", "finance"]}, ADMIN)
    assert (status, accounts.by_id[user["userId"]]) == (201, frozenset({"staff", "finance"}))
    assert post(ZOE, SUPPORTER)[0] == 403
    assert len(users.by_id) == 2


def test_address_that_is_taken_is_a_conflict(users: FakeUsers) -> None:
    assert post(ZOE | {"email": "ada@example.org"})[0] == 409
    assert post(ZOE)[0] == 201
    assert post(ZOE)[0] == 409
    assert len(users.by_id) == 2


def test_same_key_has_the_same_answer_and_one_account(users: FakeUsers, accounts: FakeAccounts) -> None:
    first = post(ZOE, key="k1")

    assert post(ZOE, key="k1") == first
    assert post(ZOE | {"lastName": "Other"}, key="k1")[0] == 422
    assert (len(users.by_id), len(accounts.addresses)) == (2, 2)


def test_invitation_that_broke_off_after_the_account_is_carried_on(
    users: FakeUsers, accounts: FakeAccounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = users.add

    def fail(*_: object) -> bool:
        raise Unavailable("Nobody answers.")

    monkeypatch.setattr(users, "add", fail)
    assert post(ZOE | {"groups": ["staff"]}, ADMIN, key="k1")[0] == 503
    monkeypatch.setattr(users, "add", add)

    status, user = post(ZOE | {"groups": ["staff"]}, ADMIN, key="k1")
    assert (status, accounts.addresses["zoe@example.org"]) == (201, user["userId"])
    assert len(accounts.addresses) == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": "a@b"}, "email"),
        ({"email": "a b@example.org"}, "email"),
        ({"email": "x" * 300 + "@example.org"}, "email"),
        ({"firstName": ""}, "firstName"),
        ({"groups": ["root"]}, "groups[0]"),
        ({"groups": ["staff", "staff"]}, "groups"),
    ],
)
def test_wrong_fields_are_named(accounts: FakeAccounts, change: Json, field: str) -> None:
    status, problem = post(ZOE | change, ADMIN)

    assert (status, [error["field"] for error in problem["errors"]]) == (422, [field])
    assert accounts.invited == []
