"""People, their groups and the end of their access, on the deployed platform."""

import secrets
from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.clients import PASSWORD, Api, Platform, User, is_problem

pytestmark = pytest.mark.platform


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


def test_whoever_is_signed_out_gets_no_more_tokens(admins: Api, platform: Platform) -> None:
    ada, ben = platform.sign_up("Ada Lovelace"), platform.sign_up("Ben Adair")
    assert platform.refreshed(ada)
    assert admins("POST", f"/users/{ada.user_id}/sign-out").status_code == 204
    with pytest.raises(platform.cognito.exceptions.NotAuthorizedException):
        platform.refreshed(ada)
    assert platform.refreshed(ben)
