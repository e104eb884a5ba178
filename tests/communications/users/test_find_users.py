"""GET /users: staff find users by what the words of names and addresses begin with."""

from collections.abc import Mapping
from typing import Any

import pytest

from communications.users import wiring
from communications.users.handlers.find_users import handler
from shared.http.cursors import Cursors
from tests.communications.examples import a_user
from tests.communications.users.fakes import FakeUsers
from tests.shared.gateway_events import access_claims
from tests.shared.http_api_calls import SUPPORTER, call

pytestmark = pytest.mark.usefixtures("edge")


@pytest.fixture(autouse=True)
def users(monkeypatch: pytest.MonkeyPatch) -> FakeUsers:
    fake = FakeUsers(a_user("ada"), a_user("ben", "Ben Müller"), a_user("cai", "Cai Lovell"))
    monkeypatch.setattr(wiring, "users", lambda: fake)
    monkeypatch.setattr(wiring, "directory", lambda: fake)
    monkeypatch.setattr(wiring, "cursors", lambda: Cursors("a key for tests"))
    return fake


def find(query: Mapping[str, str], group: str = "staff") -> tuple[int, Any]:
    return call(handler, "GET /users", claims=access_claims("sue", f"[{group}]"), query=query)


def ids(answer: tuple[int, Any]) -> list[str]:
    assert answer[0] == 200, answer
    return [user["userId"] for user in answer[1]["items"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [({"q": "love"}, ["ada", "cai"]), ({"q": "muller"}, ["ben"]), ({"q": "ada@"}, ["ada"]), ({"q": "?"}, [])],
)
def test_staff_find_users_by_name_and_address(query: Mapping[str, str], found: list[str]) -> None:
    assert ids(find(query)) == found


def test_users_are_found_as_they_read_themselves() -> None:
    [user] = find({"q": "ben"})[1]["items"]

    assert (user["firstName"], user["lastName"], user["settings"]["digest"]) == ("Ben", "Müller", "daily")


def test_pages_follow_each_other() -> None:
    first = find({"limit": "2"})
    second = find({"limit": "2", "cursor": first[1]["nextCursor"]})

    assert (ids(first), ids(second), second[1]["nextCursor"]) == (["ada", "ben"], ["cai"], None)


def test_cursor_of_another_search_is_refused() -> None:
    cursor = find({"limit": "1"})[1]["nextCursor"]

    assert find({"q": "a", "cursor": cursor})[0] == 400


def test_supporters_find_nobody() -> None:
    assert call(handler, "GET /users", claims=SUPPORTER)[0] == 403
