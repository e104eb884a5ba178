"""PUT /users/{userId}: names and settings, and whose."""

from typing import Any

import pytest

from communications.users import wiring
from communications.users.domain.users import Channels, Digest, Settings
from communications.users.handlers import get_user, update_user
from tests.communications.examples import NIGHTLY, a_user
from tests.communications.users.fakes import FakeUsers
from tests.shared.gateway_events import access_claims
from tests.shared.http_api_calls import SUPPORTER, call

pytestmark = pytest.mark.usefixtures("edge")

type Json = dict[str, Any]


@pytest.fixture(autouse=True)
def users(monkeypatch: pytest.MonkeyPatch) -> FakeUsers:
    fake = FakeUsers(a_user("ada"), a_user("bob", "Bob", Settings()))
    monkeypatch.setattr(wiring, "users", lambda: fake)
    monkeypatch.setattr(wiring, "records", lambda: fake)
    return fake


def put(body: object, user_id: str = "me", claims: Json = SUPPORTER) -> tuple[int, Any]:
    return call(update_user.handler, "PUT /users/{userId}", body, claims=claims, userId=user_id)


def got(user_id: str = "me", claims: Json = SUPPORTER) -> Json:
    user: Json = call(get_user.handler, "GET /users/{userId}", claims=claims, userId=user_id)[1]
    return user


def errors(answer: tuple[int, Any]) -> list[str]:
    assert answer[0] == 422, answer
    return [error["field"] for error in answer[1]["errors"]]


def test_users_change_their_name_and_settings(users: FakeUsers) -> None:
    settings = {
        "channels": {"email": False, "sms": False, "push": True},
        "quietHours": {"from": "23:30", "to": "06:05", "timeZone": "America/Argentina/Buenos_Aires"},
        "language": "pt-BR",
        "digest": "weekly",
    }
    status, user = put({"version": 3, "firstName": " Augusta  Ada ", "lastName": "", "settings": settings})

    assert (status, user["firstName"], user["lastName"], user["settings"]) == (200, "Augusta Ada", "", settings)
    assert (user["version"], user["createdAt"]) == (4, "2026-02-03T04:05:06.789Z")
    assert user["updatedAt"] > user["createdAt"]
    assert got() == user
    assert users.by_id["ada"].settings.channels == Channels(email=False, sms=False, push=True)
    assert users.by_id["ada"].settings.digest is Digest.WEEKLY


@pytest.mark.parametrize("user_id", ["ada", "bob"])
def test_what_get_gives_put_takes_and_changes_nothing(users: FakeUsers, user_id: str) -> None:
    claims = access_claims(user_id)
    before = users.by_id[user_id]

    assert put(got(claims=claims), claims=claims) == (200, got(claims=claims))
    assert users.by_id[user_id] == before


def test_older_version_is_refused(users: FakeUsers) -> None:
    assert put(got() | {"version": 2, "lastName": "King"})[0] == 409
    assert users.by_id["ada"] == a_user("ada")


@pytest.mark.parametrize("user_id", ["bob", "nobody"])
def test_supporters_change_only_themselves(users: FakeUsers, user_id: str) -> None:
    assert put(got() | {"userId": user_id}, user_id)[0] == 404
    assert errors(put(got() | {"userId": user_id})) == ["userId"]
    assert users.by_id["bob"] == a_user("bob", "Bob", Settings())


def test_staff_change_everybody(users: FakeUsers) -> None:
    staff = access_claims("priya", "[staff]")

    assert put(got("bob", staff) | {"lastName": "Byron"}, "bob", staff)[0] == 200
    assert users.by_id["bob"].name == "Bob Byron"


def test_text_messages_need_a_verified_number(users: FakeUsers) -> None:
    claims = access_claims("bob")
    users.by_id["bob"] = a_user("bob", "Bob", Settings(), phone=None)
    wanted = got(claims=claims)
    wanted["settings"]["channels"]["sms"] = True

    assert errors(put(wanted, claims=claims)) == ["settings.channels.sms"]
    assert users.by_id["bob"].settings == Settings()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"firstName": "<b>"}, "firstName"),
        ({"lastName": "x" * 101}, "lastName"),
        ({"lastName": "\u200b"}, "lastName"),
        ({"firstName": None}, "firstName"),
        ({"settings": {"channels": {"email": True, "sms": True}}}, "settings.channels.push"),
    ],
)
def test_wrong_fields_are_named(change: Json, field: str) -> None:
    assert field in errors(put(got() | change))


@pytest.mark.parametrize(
    ("setting", "field"),
    [
        ({"language": "English, please"}, "settings.language"),
        ({"digest": "hourly"}, "settings.digest"),
        ({"quietHours": {"from": "24:00", "to": "07:00", "timeZone": "UTC"}}, "settings.quietHours.from"),
        ({"quietHours": {"from": "22:00", "to": "7:00", "timeZone": "UTC"}}, "settings.quietHours.to"),
        ({"quietHours": {"from": "22:00", "to": "22:00", "timeZone": "UTC"}}, "settings.quietHours"),
        ({"quietHours": {"from": "22:00", "to": "07:00", "timeZone": "../passwd"}}, "settings.quietHours.timeZone"),
        ({"quietHours": {"from": "22:00", "to": "07:00", "timeZone": "right/UTC"}}, "settings.quietHours.timeZone"),
        ({"quietHours": {"from": "22:00", "to": "07:00"}}, "settings.quietHours.timeZone"),
        ({"quietHours": {"start": "22:00", "to": "07:00", "timeZone": "UTC"}}, "settings.quietHours.from"),
    ],
)
def test_wrong_settings_are_named(users: FakeUsers, setting: Json, field: str) -> None:
    assert field in errors(put(got() | {"settings": got()["settings"] | setting}))
    assert users.by_id["ada"].settings == NIGHTLY
