"""People, their groups and the end of their access, on the deployed platform."""

import secrets
import time
from collections.abc import Callable
from typing import Any

import pytest
from requests import Response
from websockets.exceptions import ConnectionClosed

from tests.e2e.clients import PASSWORD, Api, Platform, User, eventually, is_problem
from tests.e2e.live import Socket
from tests.e2e.local_inbox import code_for

pytestmark = pytest.mark.platform

PRODUCT = "sample-001"


@pytest.fixture
def admins(identity: Callable[..., Api], admin: User) -> Api:
    return identity(admin)


def everybody(api: Api, query: str) -> list[dict[str, Any]]:
    """All pages of a list."""
    found, cursor = [], ""
    while True:
        answer = api.get(f"/users?{query}&cursor={cursor}" if cursor else f"/users?{query}")
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += page["items"]
        if page["nextCursor"] is None:
            return found
        cursor = page["nextCursor"]


def test_an_admin_finds_people(admins: Api, platform: Platform) -> None:
    name = secrets.token_hex(4)
    ada, ben = platform.sign_up(f"{name} Ada"), platform.sign_up(f"{name} Ben")

    found = everybody(admins, f"q={name}&limit=1")
    assert sorted(user["userId"] for user in found) == sorted([ada.user_id, ben.user_id])
    [by_address] = everybody(admins, f"q={ada.email.upper()}")
    assert (by_address["userId"], by_address["name"], by_address["groups"]) == (ada.user_id, f"{name} Ada", [])
    assert by_address["enabled"] is True

    ids = [user["userId"] for user in everybody(admins, "limit=60")]
    assert {ada.user_id, ben.user_id} <= set(ids)
    assert len(ids) == len(set(ids))


def test_an_admin_puts_people_into_groups(
    admins: Api, admin: User, platform: Platform, supporter: User, personalization: Callable[..., Api]
) -> None:
    ada = platform.sign_up("Ada Lovelace")

    answer = admins("PUT", f"/users/{ada.user_id}/groups", json={"groups": ["staff", "finance"]})
    assert (answer.status_code, answer.json()["groups"]) == (200, ["finance", "staff"])
    assert ada.user_id in [user["userId"] for user in everybody(admins, "group=staff&limit=2")]
    again = platform.sign_in(ada.email, PASSWORD)
    assert personalization(again).get(f"/profile?userId={supporter.user_id}").status_code == 200
    assert admins("PUT", f"/users/{ada.user_id}/groups", json={"groups": []}).json()["groups"] == []
    assert ada.user_id not in [user["userId"] for user in everybody(admins, "group=staff")]

    is_problem(admins("PUT", f"/users/{admin.user_id}/groups", json={"groups": ["staff"]}), 409)
    [self] = everybody(admins, f"q={admin.email}")
    assert "admin" in self["groups"]


def test_people_are_for_admins(identity: Callable[..., Api], staff: User, supporter: User) -> None:
    for user in (staff, supporter):
        api = identity(user)
        is_problem(api.get("/users"), 403)
        is_problem(api("PUT", f"/users/{user.user_id}/groups", json={"groups": ["admin"]}), 403)
        is_problem(api("POST", f"/users/{supporter.user_id if user is staff else staff.user_id}/sign-out"), 403)
    assert identity().get("/users").status_code == 401
    assert identity(token=staff.id_token).get("/users").status_code in {401, 403}


def test_what_cannot_be_read_is_named(admins: Api, supporter: User) -> None:
    assert is_problem(admins.get("/users?page=2"), 400)["errors"][0]["field"] == "page"
    assert is_problem(admins.get("/users?group=owner"), 422)["errors"][0]["field"] == "group"
    assert is_problem(admins.get("/users?cursor=made-up"), 400)["errors"][0]["field"] == "cursor"
    groups = f"/users/{supporter.user_id}/groups"
    assert is_problem(admins("PUT", groups, json={"groups": ["owner"]}), 422)["errors"][0]["field"] == "groups[0]"
    assert is_problem(admins("PUT", groups, json={}), 422)["errors"][0]["field"] == "groups"
    is_problem(admins("PUT", groups, data="{", headers={"Content-Type": "application/json"}), 400)
    is_problem(admins("PUT", groups, data="groups=staff"), 415)
    is_problem(admins("PUT", "/users/nobody/groups", json={"groups": []}), 404)
    is_problem(admins("POST", "/users/nobody/sign-out"), 404)


WITHIN_SECONDS = 5

type Callers = Callable[..., Api]


def refused_within_5_s(*calls: Callable[[], Response]) -> None:
    """Each call is answered with 401 within five seconds from now, and from then on."""
    deadline = time.monotonic() + WITHIN_SECONDS
    for call in calls:
        while (answer := call()).status_code != 401:
            assert time.monotonic() < deadline, answer.text
            time.sleep(0.05)
        is_problem(call(), 401)


def is_signed_out(user: User, platform: Platform, personalization: Callers, commerce: Callers, live: Socket) -> None:
    """The user can do nothing more, neither with tokens nor over the socket, within five seconds."""
    profile, shop = personalization(user), commerce(user)
    refused_within_5_s(
        lambda: profile.get(f"/profile?userId={user.user_id}"),
        lambda: shop.get("/cart"),
        lambda: shop("PUT", f"/cart/items/{PRODUCT}", json={"quantity": 1}),
        lambda: profile("POST", "/connections"),
        lambda: profile("POST", "/agent/runs", json={"userId": user.user_id, "input": "Hi", "sessionId": "main"}),
    )
    with pytest.raises(ConnectionClosed):
        live.receive(within_seconds=WITHIN_SECONDS)
    with pytest.raises(platform.cognito.exceptions.NotAuthorizedException):
        platform.refreshed(user)


def registered(platform: Platform, personalization: Callers, name: str) -> User:
    user = platform.sign_up(name)
    eventually(lambda: personalization(user).get(f"/profile?userId={user.user_id}").status_code == 200)
    return user


def test_whoever_an_admin_signs_out_can_do_nothing_more(
    admins: Api, platform: Platform, personalization: Callers, commerce: Callers
) -> None:
    ada, ben = (registered(platform, personalization, name) for name in ("Ada Lovelace", "Ben Adair"))
    assert platform.refreshed(ada)
    with Socket(personalization(ada)) as live, Socket(personalization(ben)) as other:
        live.send("ping")
        live.receive()
        assert admins("POST", f"/users/{ada.user_id}/sign-out").status_code == 204
        is_signed_out(ada, platform, personalization, commerce, live)

        other.send("ping")
        assert other.receive()["type"] == "pong"
    assert personalization(ben).get(f"/profile?userId={ben.user_id}").status_code == 200
    assert commerce(ben).get("/cart").status_code == 200
    assert platform.refreshed(ben)
    assert commerce().get("/products").status_code == 200

    assert admins("POST", f"/users/{ada.user_id}/sign-out").status_code == 204


def test_whoever_signs_in_again_may_go_on(admins: Api, platform: Platform, personalization: Callers) -> None:
    ada = registered(platform, personalization, "Ada Lovelace")
    assert admins("POST", f"/users/{ada.user_id}/sign-out").status_code == 204
    refused_within_5_s(lambda: personalization(ada).get(f"/profile?userId={ada.user_id}"))

    def signs_in_again() -> bool:
        again = platform.sign_in(ada.email, PASSWORD)
        return personalization(again).get(f"/profile?userId={ada.user_id}").status_code == 200

    eventually(signs_in_again)  # not within the same second: tokens count whole ones


def test_users_sign_themselves_out_everywhere(
    identity: Callers, platform: Platform, personalization: Callers, commerce: Callers
) -> None:
    ada = registered(platform, personalization, "Ada Lovelace")
    with Socket(personalization(ada)) as live:
        assert identity(ada)("POST", "/users/me/sign-out").status_code == 204
        assert identity(ada)("POST", "/users/me/sign-out").status_code == 204
        is_signed_out(ada, platform, personalization, commerce, live)


def test_an_admin_who_was_signed_out_is_no_admin_any_more(identity: Callers, admins: Api, platform: Platform) -> None:
    tom = platform.sign_up("Tom Bell")
    assert admins("PUT", f"/users/{tom.user_id}/groups", json={"groups": ["admin"]}).status_code == 200
    tom = platform.sign_in(tom.email, PASSWORD)
    assert identity(tom).get("/users?limit=1").status_code == 200
    assert admins("POST", f"/users/{tom.user_id}/sign-out").status_code == 204
    refused_within_5_s(
        lambda: identity(tom).get("/users?limit=1"),
        lambda: identity(tom)("POST", f"/users/{platform.sample_user(None).user_id}/sign-out"),
    )


@pytest.mark.parametrize("how", ["global_sign_out", "admin_disable_user"])
def test_a_sign_out_made_at_cognito_ends_access_as_well(
    how: str, platform: Platform, personalization: Callers, commerce: Callers
) -> None:
    """The local AWS reports it at once, CloudTrail mostly within minutes."""
    ada = registered(platform, personalization, "Ada Lovelace")
    pool = {"UserPoolId": platform.outputs["userPoolId"], "Username": ada.user_id}
    with Socket(personalization(ada)) as live:
        if how == "global_sign_out":
            platform.cognito.global_sign_out(AccessToken=ada.access_token)
        else:
            platform.cognito.admin_disable_user(**pool)
        is_signed_out(ada, platform, personalization, commerce, live)


def test_whoever_leaves_a_group_has_no_token_with_it(
    admins: Api, platform: Platform, personalization: Callers, commerce: Callers
) -> None:
    priya = registered(platform, personalization, "Priya Shah")
    groups = f"/users/{priya.user_id}/groups"
    assert admins("PUT", groups, json={"groups": ["staff"]}).status_code == 200
    priya = platform.sign_in(priya.email, PASSWORD)
    assert personalization(priya).get("/supporters?q=ada").status_code == 200

    with Socket(personalization(priya)) as live:
        assert admins("PUT", groups, json={"groups": []}).json()["groups"] == []
        refused_within_5_s(lambda: personalization(priya).get("/supporters?q=ada"))
        is_signed_out(priya, platform, personalization, commerce, live)


def test_a_new_password_signs_out_whoever_had_the_old_one(
    platform: Platform, personalization: Callers, commerce: Callers
) -> None:
    ada = registered(platform, personalization, "Ada Lovelace")
    platform.verify(ada)
    second_of_sign_in = int(time.time())
    eventually(lambda: int(time.time()) > second_of_sign_in)  # tokens count whole ones
    client = {"ClientId": platform.outputs["userPoolClientId"], "Username": ada.email}
    with Socket(personalization(ada)) as live:
        platform.cognito.forgot_password(**client)
        code, password = code_for(platform, ada.email), f"{PASSWORD}-anew"
        platform.cognito.confirm_forgot_password(**client, ConfirmationCode=code, Password=password)
        again = platform.sign_in(ada.email, password)
        assert personalization(again).get(f"/profile?userId={ada.user_id}").status_code == 200
        is_signed_out(ada, platform, personalization, commerce, live)
    assert personalization(again).get(f"/profile?userId={ada.user_id}").status_code == 200
