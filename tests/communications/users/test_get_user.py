from typing import Any

import pytest

from communications.users import wiring
from communications.users.domain.users import Settings
from communications.users.handlers.get_user import handler
from tests.communications.examples import a_user, number_of
from tests.communications.users.fakes import FakeUsers
from tests.shared.gateway_events import access_claims
from tests.shared.http_api_calls import SUPPORTER, call

pytestmark = pytest.mark.usefixtures("edge")

ROUTE = "GET /users/{userId}"


@pytest.fixture(autouse=True)
def users(monkeypatch: pytest.MonkeyPatch) -> FakeUsers:
    fake = FakeUsers(a_user("ada"), a_user("bob", "Bob", Settings()))
    monkeypatch.setattr(wiring, "users", lambda: fake)
    return fake


@pytest.mark.parametrize("user_id", ["me", "ada"])
def test_users_read_their_own_record(user_id: str) -> None:
    assert call(handler, ROUTE, claims=SUPPORTER, userId=user_id) == (
        200,
        {
            "userId": "ada",
            "email": "ada@example.org",
            "firstName": "Ada",
            "lastName": "Lovelace",
            "phone": number_of("ada"),
            "settings": {
                "channels": {"email": True, "sms": True, "push": False},
                "quietHours": {"from": "22:00", "to": "07:00", "timeZone": "Europe/London"},
                "language": "en",
                "digest": "daily",
            },
            "version": 3,
            "createdAt": "2026-02-03T04:05:06.789Z",
            "updatedAt": "2026-02-03T04:05:06.789Z",
        },
    )


@pytest.mark.parametrize("claims", [access_claims("priya", f"[{group}]") for group in ("staff", "finance", "admin")])
def test_staff_read_everybodys_record(claims: dict[str, Any]) -> None:
    status, user = call(handler, ROUTE, claims=claims, userId="bob")

    assert (status, user["lastName"], user["settings"]["quietHours"]) == (200, "", None)


@pytest.mark.parametrize("user_id", ["bob", "nobody"])
def test_nobody_learns_who_else_is_here(user_id: str) -> None:
    assert call(handler, ROUTE, claims=SUPPORTER, userId=user_id)[0] == 404


def test_user_whose_registration_has_not_arrived_is_not_found(users: FakeUsers) -> None:
    del users.by_id["ada"]

    assert call(handler, ROUTE, claims=SUPPORTER, userId="me")[0] == 404
