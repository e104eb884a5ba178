"""POST /users/me/email and /users/me/phone, with their confirmations."""

from dataclasses import replace
from typing import Any

import pytest

from communications.users import wiring
from communications.users.domain.address_changes import AddressChanges, Kind
from communications.users.domain.synchronizing import Contacts, Synchronizing
from communications.users.domain.users import User
from communications.users.handlers import address_changes, update_user
from shared.errors import TooManyRequests, Unavailable
from tests.communications.examples import NOW, a_user, number_of
from tests.communications.users.fakes import FakeUsers
from tests.communications.users.pool import CODE, FakeLater, FakePool
from tests.shared.http_api_calls import SUPPORTER, call

pytestmark = pytest.mark.usefixtures("edge")

NEW, NUMBER = "new@example.org", "+447700900999"


class World:
    def __init__(self) -> None:
        self.users = FakeUsers(replace(a_user("ada"), phone=None), a_user("bob"))
        self.pool = FakePool(
            {
                "ada": Contacts("ada@example.org"),
                "bob": Contacts("bob@example.org", number_of("bob")),
            }
        )
        self.later = FakeLater()
        self.has_sms = True

    def changes(self) -> AddressChanges:
        synchronizing = Synchronizing(self.users, self.pool, self.later, lambda: NOW)
        return AddressChanges(self.users, self.pool, synchronizing, self.has_sms)

    @property
    def ada(self) -> User:
        return self.users.by_id["ada"]


@pytest.fixture(autouse=True)
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = World()
    monkeypatch.setattr(wiring, "address_changes", world.changes)
    monkeypatch.setattr(wiring, "records", lambda: world.users)
    return world


def post(path: str, caller: str = "ada", **body: Any) -> tuple[int, Any]:
    headers = {"authorization": f"Bearer {caller}"}
    return call(address_changes.handler, f"POST /users/me/{path}", body, claims=SUPPORTER, headers=headers)


def fields(answer: tuple[int, Any]) -> list[str]:
    assert answer[0] == 422, answer
    return [error["field"] for error in answer[1]["errors"]]


def test_new_email_is_in_force_once_its_code_is_given(world: World) -> None:
    assert post("email", email=NEW) == (202, None)
    assert world.ada.email == "ada@example.org"

    assert post("email/confirmation", code=CODE) == (204, None)
    assert (world.ada.email, world.ada.version, world.ada.updated_at) == (NEW, 4, NOW)
    assert (world.users.owner(f"email:{NEW}"), world.users.owner("email:ada@example.org")) == ("ada", None)
    assert world.later.user_ids == ["ada"]


def test_text_messages_may_be_wanted_once_the_number_is_verified(world: World) -> None:
    settings = {
        "channels": {"email": True, "sms": True, "push": False},
        "quietHours": None,
        "language": "en",
        "digest": "off",
    }

    def want_sms() -> int:
        body = {"version": world.ada.version, "firstName": "Ada", "lastName": "", "settings": settings}
        return call(update_user.handler, "PUT /users/{userId}", body, claims=SUPPORTER, userId="me")[0]

    assert post("phone", phone=NUMBER)[0] == 202
    assert (want_sms(), world.ada.phone) == (422, None)
    assert post("phone/confirmation", code=CODE)[0] == 204
    assert (want_sms(), world.ada.phone) == (200, NUMBER)


@pytest.mark.parametrize(
    ("path", "field", "value"),
    [
        ("email", "email", "nobody"),
        ("email", "email", "a@b"),
        ("phone", "phone", "07700900123"),
        ("phone", "phone", "+44 7700 900123"),
        ("phone", "phone", "+0447700900123"),
        ("phone", "phone", "+4477009001231234"),
        ("phone", "phone", NUMBER + "\n"),
        ("email/confirmation", "code", "12345"),
        ("phone/confirmation", "code", "１２３４５６"),
        ("phone/confirmation", "code", 123456),
    ],
)
def test_what_is_no_address_or_code_is_named(world: World, path: str, field: str, value: Any) -> None:
    assert fields(post(path, **{field: value})) == [field]
    assert (world.pool.pending, world.later.user_ids) == ({}, [])


@pytest.mark.parametrize("kind", Kind)
def test_wrong_and_used_codes_are_refused(world: World, kind: Kind) -> None:
    post(kind.value, **{kind.value: NEW if kind is Kind.EMAIL else NUMBER})
    before = world.ada

    assert fields(post(f"{kind}/confirmation", code="000000")) == ["code"]
    assert world.ada == before
    assert post(f"{kind}/confirmation", code=CODE)[0] == 204
    assert fields(post(f"{kind}/confirmation", code=CODE)) == ["code"]


@pytest.mark.parametrize("kind", Kind)
def test_what_broke_off_after_the_code_was_used_is_done_by_its_repetition(world: World, kind: Kind) -> None:
    post(kind.value, **{kind.value: NEW if kind is Kind.EMAIL else NUMBER})
    world.pool.loses_answers = True
    assert post(f"{kind}/confirmation", code=CODE)[0] == 503
    assert (world.ada.email, world.ada.phone) == ("ada@example.org", None)
    assert world.later.user_ids == ["ada"]

    assert post(f"{kind}/confirmation", code=CODE)[0] == 204
    assert NEW in world.ada.email or world.ada.phone == NUMBER
    assert fields(post(f"{kind}/confirmation", code=CODE)) == ["code"]


def test_nothing_is_verified_unless_the_record_will_follow(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    post("email", email=NEW)

    def fail(user_id: str) -> None:
        raise Unavailable(f"busy {user_id}")

    monkeypatch.setattr(world.later, "synchronize", fail)
    assert post("email/confirmation", code=CODE)[0] == 503
    assert world.pool.contacts_of["ada"].email == "ada@example.org"


def test_email_of_somebody_else_is_a_conflict(world: World) -> None:
    assert post("email", email="BOB@example.org")[0] == 409
    post("email", email=NEW)
    world.pool.contacts_of["bob"] = Contacts(NEW, number_of("bob"))
    assert post("email/confirmation", code=CODE)[0] == 409
    assert world.ada.email == "ada@example.org"


def test_number_of_somebody_else_is_a_conflict_and_the_former_one_stays(world: World) -> None:
    post("phone", phone=NUMBER)
    post("phone/confirmation", code=CODE)
    assert post("phone", phone=number_of("bob"))[0] == 202  # who has what is nobody's business before the code

    assert post("phone/confirmation", code=CODE)[0] == 409
    assert (world.ada.phone, world.pool.contacts_of["ada"].phone) == (NUMBER, NUMBER)
    assert world.users.by_id["bob"] == a_user("bob")


def test_record_that_holds_an_address_which_is_not_its_any_more_gives_way(world: World) -> None:
    world.pool.contacts_of["bob"] = Contacts("bob.new@example.org", None)
    for kind, address in (("email", "bob@example.org"), ("phone", number_of("bob"))):
        assert post(kind, **{kind: address})[0] == 202
        assert post(f"{kind}/confirmation", code=CODE)[0] == 204

    assert (world.ada.email, world.ada.phone) == ("bob@example.org", number_of("bob"))
    bob = world.users.by_id["bob"]
    assert (bob.email, bob.phone, bob.settings.channels.sms) == ("bob.new@example.org", None, False)
    assert "bob" in world.later.user_ids


def test_phone_numbers_are_off_without_sms(world: World) -> None:
    world.has_sms = False

    for answer in (post("phone", phone=NUMBER), post("phone/confirmation", code=CODE)):
        assert answer[0] == 409
        assert "sends no SMS" in answer[1]["detail"]
    assert post("email", email=NEW)[0] == 202


def test_whoever_is_not_registered_yet_or_signed_out_is_refused(world: World) -> None:
    assert post("email", caller="revoked", email=NEW)[0] == 401
    world.users.by_id.clear()
    assert post("email", email=NEW)[0] == 404
    assert post("email/confirmation", code=CODE)[0] == 404
    assert world.later.user_ids == []


def test_too_many_attempts_have_to_wait(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise TooManyRequests("Try again later.", 60)

    monkeypatch.setattr(world.pool, "request_change", refuse)
    monkeypatch.setattr(world.pool, "verify", refuse)
    assert post("email", email=NEW)[0] == 429
    assert post("email/confirmation", code=CODE)[0] == 429
