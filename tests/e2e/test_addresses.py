"""Changing one's e-mail address and phone number, with codes from the local inbox, and who hears of it."""

import secrets
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.e2e.clients import PASSWORD, Api, Platform, User, eventually, is_problem
from tests.e2e.local_inbox import a_number, code_for, inbox_of

pytestmark = pytest.mark.platform

type Calls = Callable[..., Api]
NOTICE = "Your e-mail address has been changed"


def titles(platform: Platform, to: str) -> list[str]:
    return [each.title for each in inbox_of(platform, to)]


@pytest.fixture
def rosa(platform: Platform, communications: Calls, personalization: Calls) -> User:
    user = platform.sign_up("Rosa Martínez")
    eventually(lambda: communications(user).get("/users/me").ok)
    eventually(lambda: personalization(user).get(f"/profile?userId={user.user_id}").ok)
    return user


def change(platform: Platform, api: Api, kind: str, address: str) -> None:
    assert api("POST", f"/users/me/{kind}", json={kind: address}).status_code == 202
    confirmed = api("POST", f"/users/me/{kind}/confirmation", json={"code": code_for(platform, address)})
    assert confirmed.status_code == 204, confirmed.text


def prefer(api: Api, **channels: bool) -> Any:
    user = api.get("/users/me").json()
    user["settings"]["channels"] |= channels
    user["settings"]["quietHours"] = {"from": "00:00", "to": "23:59", "timeZone": "UTC"}
    return api("PUT", "/users/me", json=user)


def test_new_email_is_for_signing_in_and_everybody_follows(
    rosa: User,
    platform: Platform,
    communications: Calls,
    personalization: Calls,
    staff: User,
    identity: Calls,
    admin: User,
) -> None:
    me, new = communications(rosa), f"{secrets.token_hex(6)}@example.org"
    assert prefer(me, email=False).ok  # it is held neither by quiet hours nor by what somebody prefers
    assert me("POST", "/users/me/email", json={"email": new}).status_code == 202
    assert me.get("/users/me").json()["email"] == rosa.email
    platform.sign_in(rosa.email, PASSWORD)
    is_problem(me("POST", "/users/me/email/confirmation", json={"code": "000000"}), 422)

    confirmation = {"json": {"code": code_for(platform, new)}}
    assert me("POST", "/users/me/email/confirmation", **confirmation).status_code == 204
    assert me.get("/users/me").json()["email"] == new
    is_problem(me("POST", "/users/me/email/confirmation", **confirmation), 422)
    assert platform.sign_in(new, PASSWORD).user_id == rosa.user_id
    with pytest.raises(ClientError):
        platform.sign_in(rosa.email, PASSWORD)

    profile = f"/profile?userId={rosa.user_id}"
    eventually(lambda: personalization(rosa).get(profile).json()["email"] == new)
    assert [each["userId"] for each in personalization(staff).get(f"/supporters?q={new}").json()["items"]] == [
        rosa.user_id
    ]
    assert personalization(staff).get(f"/supporters?q={rosa.email}").json()["items"] == []
    assert communications(staff).get(f"/users?q={new}").json()["items"][0]["userId"] == rosa.user_id
    assert identity(admin).get(f"/users?q={new}").json()["items"][0]["userId"] == rosa.user_id
    eventually(lambda: NOTICE in titles(platform, rosa.email) and NOTICE in titles(platform, new))
    assert [titles(platform, address).count(NOTICE) for address in (rosa.email, new)] == [1, 1]


def test_address_of_somebody_else_stays_theirs(rosa: User, platform: Platform, communications: Calls) -> None:
    other, number = platform.sign_up("Ada Lovelace"), a_number()
    me, her = communications(rosa), communications(other)
    eventually(lambda: her.get("/users/me").ok)
    is_problem(me("POST", "/users/me/email", json={"email": other.email.upper()}), 409)

    change(platform, her, "phone", number)
    assert me("POST", "/users/me/phone", json={"phone": number}).status_code == 202
    is_problem(me("POST", "/users/me/phone/confirmation", json={"code": code_for(platform, number)}), 409)
    assert (me.get("/users/me").json()["phone"], her.get("/users/me").json()["phone"]) == (None, number)

    change(platform, her, "email", f"{secrets.token_hex(6)}@example.org")
    change(platform, me, "email", other.email)  # which is free now
    newcomer = platform.sign_up("Zoë Reid", rosa.email)  # and so is this one
    eventually(lambda: communications(newcomer).get("/users/me").ok)


def test_verified_number_gets_text_messages(rosa: User, platform: Platform, communications: Calls) -> None:
    me, number, next_number = communications(rosa), a_number(), a_number()
    is_problem(prefer(me, sms=True), 422)
    change(platform, me, "phone", number)
    assert (me.get("/users/me").json()["phone"], prefer(me, sms=True).status_code) == (number, 200)

    change(platform, me, "phone", next_number)
    eventually(
        lambda: all("number has been changed" in inbox_of(platform, each)[0].text for each in (number, next_number))
    )
    assert inbox_of(platform, next_number)[0].text.startswith("Almoner: your phone number has been changed.")


def test_record_whose_address_was_changed_elsewhere_gives_way(
    rosa: User, platform: Platform, communications: Calls
) -> None:
    """By a client that called the user pool itself; somebody else signs up with what the record still holds."""
    cognito, new = platform.cognito, f"{secrets.token_hex(6)}@example.org"
    attributes = [{"Name": "email", "Value": new}]
    cognito.update_user_attributes(AccessToken=rosa.access_token, UserAttributes=attributes)
    cognito.verify_user_attribute(AccessToken=rosa.access_token, AttributeName="email", Code=code_for(platform, new))
    me = communications(rosa)
    assert me.get("/users/me").json()["email"] == rosa.email

    newcomer = platform.sign_up("Zoë Reid", rosa.email)
    eventually(lambda: communications(newcomer).get("/users/me").ok)
    assert communications(newcomer).get("/users/me").json()["email"] == rosa.email
    assert me.get("/users/me").json()["email"] == new
