"""DELETE /users/{userId}: who erases whom, and what is over at once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from communications.users import wiring
from communications.users.domain.erasures import Erasing
from communications.users.domain.users import Settings, signed_up
from communications.users.handlers.delete_user import handler
from tests.communications.examples import NOW, a_user
from tests.communications.users.erasure_fakes import FakeAccounts, FakeErasures
from tests.communications.users.fakes import FakeUsers
from tests.shared.auth.fake_ends import FakeEnds
from tests.shared.gateway_events import access_claims
from tests.shared.http_api_calls import ADMIN, SUPPORTER, call

pytestmark = pytest.mark.usefixtures("edge")

STAFF = access_claims("priya", "[staff]")


@pytest.fixture(autouse=True)
def erasing(monkeypatch: pytest.MonkeyPatch) -> Erasing:
    users = FakeUsers(a_user("ada"), a_user("bob", "Bob", Settings()), a_user("priya", "Priya"))
    nobody = frozenset[str]()
    accounts = FakeAccounts(ada=nobody, bob=nobody, new=nobody, priya=frozenset({"staff"}), tom=frozenset({"admin"}))
    made = Erasing(users, FakeErasures(users), accounts, FakeEnds())
    monkeypatch.setattr(wiring, "erasing", lambda: made)
    return made


def delete(user_id: str = "me", claims: dict[str, Any] = SUPPORTER) -> int:
    return call(handler, "DELETE /users/{userId}", claims=claims, userId=user_id)[0]


def left(erasing: Erasing) -> set[str]:
    users: Any = erasing.users
    return set(users.by_id)


def begun(erasing: Erasing) -> set[str]:
    erasures: Any = erasing.erasures
    return set(erasures.by_id)


@pytest.mark.parametrize("user_id", ["me", "ada"])
def test_users_erase_themselves_at_once(erasing: Erasing, user_id: str) -> None:
    ends: Any = erasing.ends
    accounts: Any = erasing.accounts

    assert delete(user_id) == 202
    assert left(erasing) == {"bob", "priya"}
    assert begun(erasing) == {"ada"}
    assert accounts.disabled == ["ada"]
    assert datetime.now(UTC) - ends.ends["ada"] < timedelta(seconds=5)


@pytest.mark.parametrize(
    ("claims", "user_id", "status"),
    [
        (SUPPORTER, "bob", 404),
        (SUPPORTER, "nobody", 404),
        (STAFF, "bob", 202),
        (STAFF, "nobody", 404),
        (STAFF, "tom", 403),
        (STAFF, "me", 202),
        (ADMIN, "priya", 202),
        (ADMIN, "me", 409),
    ],
)
def test_who_erases_whom(erasing: Erasing, claims: dict[str, Any], user_id: str, status: int) -> None:
    assert delete(user_id, claims) == status
    assert len(begun(erasing)) == int(status == 202)
    assert len(left(erasing)) == (2 if status == 202 else 3)


def test_erasure_that_broke_off_is_resumed_and_done_once(erasing: Erasing) -> None:
    accounts: Any = erasing.accounts
    erasures: Any = erasing.erasures
    accounts.fails = 1

    assert delete("bob", STAFF) == 503
    assert (left(erasing), begun(erasing)) == ({"ada", "bob", "priya"}, set())
    assert [delete("bob", STAFF), delete("bob", STAFF)] == [202, 202]
    assert list(erasures.by_id) == ["bob"]
    del accounts.by_id["bob"]
    assert delete("bob", STAFF) == 202


def test_whoever_has_no_record_yet_is_erased_all_the_same_and_gets_none(erasing: Erasing) -> None:
    users: Any = erasing.users

    assert delete("me", access_claims("new")) == 202
    assert begun(erasing) == {"new"}
    assert users.add(signed_up("new", "Late Event", "new@example.org", NOW)) is False
    assert left(erasing) == {"ada", "bob", "priya"}


def test_replayed_registration_brings_nobody_back(erasing: Erasing) -> None:
    users: Any = erasing.users
    delete()

    assert users.add(signed_up("ada", "Ada Lovelace", "ada@example.org", NOW)) is False
    assert users.add(signed_up("another", "Ada Again", "ada@example.org", NOW)) is True
    assert left(erasing) == {"bob", "priya", "another"}
