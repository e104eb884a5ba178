from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.access import wiring as access_wiring
from identity.access.domain.ending import Ending
from identity.users import wiring
from identity.users.domain.users import Group, User, list_users, put_groups
from identity.users.handlers.users import handler
from shared.auth.callers import Caller
from shared.errors import Conflict
from shared.events.event_bridge import EventBus
from shared.http.cursors import Cursors
from tests.identity.access.memory_sessions import MemorySessions
from tests.identity.registration.test_post_confirmation import Bridge
from tests.identity.users.examples import a_user
from tests.identity.users.memory_pool import MemoryPool
from tests.shared.auth.fake_ends import FakeEnds
from tests.shared.gateway_events import access_claims
from tests.shared.http_api_calls import ADMIN, SUPPORTER, call

pytestmark = pytest.mark.usefixtures("edge")

LIST, PUT = "GET /users", "PUT /users/{userId}/groups"


@pytest.fixture(autouse=True)
def pool(monkeypatch: pytest.MonkeyPatch) -> MemoryPool:
    pool = MemoryPool([a_user("Ada Lovelace"), a_user("Tom Bell", Group.ADMIN), a_user("Priya Shah", Group.STAFF)])
    monkeypatch.setattr(wiring, "users", lambda: pool)
    monkeypatch.setattr(wiring, "cursors", lambda: Cursors("a key for tests"))
    return pool


@pytest.fixture(autouse=True)
def sessions(monkeypatch: pytest.MonkeyPatch) -> MemorySessions:
    sessions = MemorySessions("ada", "tom", "priya")
    monkeypatch.setattr(access_wiring, "sessions", lambda: sessions)
    return sessions


@pytest.fixture(autouse=True)
def bridge(monkeypatch: pytest.MonkeyPatch) -> Bridge:
    bridge = Bridge()
    ending = Ending(FakeEnds(), EventBus(bridge, "bus-1", "almoner.identity"))
    monkeypatch.setattr(access_wiring, "ending", lambda: ending)
    return bridge


def listed(**query: str) -> Any:
    status, body = call(handler, LIST, claims=ADMIN, query=query)
    assert status == 200, body
    return body


def test_admins_list_everybody_with_their_groups() -> None:
    assert listed()["nextCursor"] is None
    assert listed()["items"][1] == {
        "userId": "tom",
        "email": "tom@example.org",
        "name": "Tom Bell",
        "groups": ["admin"],
        "enabled": True,
        "createdAt": "2026-02-03T04:05:06.000Z",
    }


def test_admins_find_people_by_the_beginning_of_address_or_name() -> None:
    assert [user["userId"] for user in listed(q="PRIYA@")["items"]] == ["priya"]
    assert [user["userId"] for user in listed(q="ada love")["items"]] == ["ada"]
    assert listed(q="lovelace")["items"] == []


def test_names_are_found_however_they_are_encoded(pool: MemoryPool) -> None:
    pool.users["zoe"] = a_user("Zoe\u0308 Reid")

    for q in ("zo\u00eb r", "Zoe\u0308  "):
        assert [user["name"] for user in listed(q=q)["items"]] == ["Zoe\u0308 Reid"]


def test_admins_list_a_group() -> None:
    assert [user["userId"] for user in listed(group="staff")["items"]] == ["priya"]
    assert listed(group="staff", q="tom")["items"] == []


def test_a_cursor_leads_to_the_next_page_of_the_same_list() -> None:
    first = listed(limit="2")
    rest = listed(limit="2", cursor=first["nextCursor"])
    assert [user["userId"] for user in [*first["items"], *rest["items"]]] == ["ada", "tom", "priya"]
    assert rest["nextCursor"] is None

    status, problem = call(handler, LIST, claims=ADMIN, query={"q": "a", "cursor": first["nextCursor"]})
    assert (status, problem["errors"][0]["field"]) == (400, "cursor")


@pytest.mark.parametrize("claims", [SUPPORTER, access_claims("priya", "[staff]"), access_claims("fay", "[finance]")])
def test_only_admins_see_and_change_people(claims: dict[str, Any], pool: MemoryPool) -> None:
    assert call(handler, LIST, claims=claims)[0] == 403
    assert call(handler, PUT, {"groups": ["admin"]}, claims=claims, userId="ada")[0] == 403
    assert pool.changes == []


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ({"page": "2"}, 400, "page"),
        ({"limit": "61"}, 400, "limit"),
        ({"group": "supporters"}, 422, "group"),
        ({"q": " "}, 400, "q"),
        ({"cursor": "made-up"}, 400, "cursor"),
    ],
)
def test_a_wrong_parameter_is_named(query: dict[str, str], status: int, field: str) -> None:
    answered, problem = call(handler, LIST, claims=ADMIN, query=query)
    assert (answered, problem["errors"][0]["field"]) == (status, field)


def test_admins_put_a_user_into_groups(pool: MemoryPool) -> None:
    status, user = call(handler, PUT, {"groups": ["staff", "finance"]}, claims=ADMIN, userId="ada")
    assert (status, user["userId"], user["groups"]) == (200, "ada", ["finance", "staff"])
    assert call(handler, PUT, {"groups": []}, claims=ADMIN, userId="priya")[1]["groups"] == []
    assert pool.members(Group.STAFF) == [pool.find("ada")]


def test_nobody_takes_away_their_own_admin(pool: MemoryPool) -> None:
    status, problem = call(handler, PUT, {"groups": ["staff"]}, claims=ADMIN, userId="tom")
    assert (status, pool.changes) == (409, [])
    assert "ask another admin" in problem["detail"]
    assert call(handler, PUT, {"groups": ["admin", "staff"]}, claims=ADMIN, userId="tom")[0] == 200


def test_groups_of_nobody_are_not_found() -> None:
    assert call(handler, PUT, {"groups": []}, claims=ADMIN, userId="nobody")[0] == 404
    assert call(handler, PUT, {"groups": []}, claims=ADMIN, userId="no one@")[0] == 404


@pytest.mark.parametrize("groups", [["owner"], ["staff", "staff"], "staff", None, [1]])
def test_wrong_groups_are_refused(groups: object, pool: MemoryPool) -> None:
    status, problem = call(handler, PUT, {"groups": groups}, claims=ADMIN, userId="ada")
    assert status == 422
    assert problem["errors"][0]["field"].startswith("groups")
    assert pool.changes == []


groups = st.frozensets(st.sampled_from(Group))


def test_whoever_leaves_a_group_is_signed_out(sessions: MemorySessions, bridge: Bridge) -> None:
    now = datetime.now(UTC)
    assert call(handler, PUT, {"groups": ["finance"]}, claims=ADMIN, userId="priya")[0] == 200

    assert not sessions.signed_in["priya"]
    [event] = bridge.events
    assert (event.user_id, event.data) == ("priya", {"how": "groups"})
    assert event.occurred_at > now + timedelta(seconds=4)  # whoever signs in while it is being changed


@pytest.mark.parametrize("groups", [["staff"], ["staff", "finance"]])
def test_whoever_leaves_no_group_stays_signed_in(groups: list[str], sessions: MemorySessions, bridge: Bridge) -> None:
    assert call(handler, PUT, {"groups": groups}, claims=ADMIN, userId="priya")[0] == 200
    assert sessions.signed_in["priya"]
    assert bridge.events == []


def test_nobody_keeps_a_session_with_a_group_that_was_taken_away(
    pool: MemoryPool, sessions: MemorySessions, bridge: Bridge
) -> None:
    """Nothing has changed where the end of access could not be announced, and the same request does it all."""
    bridge.refuses = True
    assert call(handler, PUT, {"groups": []}, claims=ADMIN, userId="priya")[0] == 503
    assert pool.changes == []

    bridge.refuses = False
    assert call(handler, PUT, {"groups": []}, claims=ADMIN, userId="priya")[0] == 200
    assert pool.changes == [("leave", "priya", Group.STAFF)]
    assert [event.user_id for event in bridge.events] == ["priya"]
    assert not sessions.signed_in["priya"]


@given(had=groups, wanted=groups, own=st.booleans())
def test_afterwards_a_user_is_in_exactly_the_groups_that_were_put(
    had: frozenset[Group], wanted: frozenset[Group], own: bool
) -> None:
    pool = MemoryPool([a_user("Ada", *sorted(had))])
    caller = Caller("ada" if own else "tom", frozenset({"admin"}))
    ended: list[str] = []
    try:
        user = put_groups(caller, "ada", wanted, pool, ended.append)
    except Conflict:
        assert own
        assert Group.ADMIN not in wanted
        assert pool.changes == []
        assert ended == []
    else:
        assert user == pool.find("ada")
        assert set(user.groups) == wanted
        assert len(pool.changes) == len(had ^ wanted)
        assert ended == (["ada"] if had - wanted else [])


names = st.lists(st.text("abAB", min_size=1, max_size=3), max_size=8)


@given(names=names, limit=st.integers(1, 4), prefix=st.none() | st.text("abAB", min_size=1, max_size=2))
def test_pages_of_a_group_show_every_member_once(names: list[str], limit: int, prefix: str | None) -> None:
    pool = MemoryPool([a_user(name, Group.STAFF, user_id=str(number)) for number, name in enumerate(names)])
    found: list[User] = []
    after: str | None = None
    for _ in range(len(names) + 1):
        page = list_users(pool, prefix, Group.STAFF, after, limit)
        found, after = [*found, *page.users], page.next_position
        if after is None:
            break
    assert after is None
    assert sorted(user.user_id for user in found) == sorted(
        user.user_id for user in pool.users.values() if prefix is None or user.matches(prefix)
    )
