import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personalization.search import wiring
from personalization.search.domain.search import RECHECK_AFTER, Findings, Position, Query, Search
from personalization.search.handlers.search import handler
from personalization.supporters.domain.consent import PERSONALISATION
from shared.auth.callers import Caller
from shared.errors import Unavailable
from shared.http.cursors import Cursors
from tests.personalization.content.content_examples import NOW, FakeContents, FakeLibrary, page
from tests.personalization.examples import a_supporter, consenting
from tests.shared.gateway_events import access_claims, rest_event
from tests.shared.lambda_context import CONTEXT

pytestmark = pytest.mark.usefixtures("edge")


@dataclass
class Surroundings:
    """What the function finds: content, supporters and a clock."""

    contents: FakeContents
    library: FakeLibrary
    now: Any = NOW


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> Surroundings:
    """Ada, who consents to personalization and is interested in education; and Bob, who does not."""
    contents = FakeContents(
        page("campaign", "Clinical trials for all", tags=("education",)),
        page("event", "An evening on clinical trials"),
        page("shop", "Volunteer in a shop"),
    )
    library = FakeLibrary(contents, consenting(PERSONALISATION), a_supporter("bob"))
    found = Surroundings(contents, library)
    search = Search(library, lambda: found.now, UTC)
    monkeypatch.setattr(wiring, "search", lambda: search)
    monkeypatch.setattr(wiring, "cursors", lambda: Cursors("a key for tests"))
    return found


def search(body: object, caller: str | None = "ada", groups: object = None) -> tuple[int, Any]:
    event = rest_event(
        None if caller is None else access_claims(caller, groups),
        headers={"Content-Type": "application/json"},
        resource="/search",
        method="POST",
        body=json.dumps(body),
    )
    answer = handler(event, CONTEXT)
    return answer["statusCode"], json.loads(answer["body"])


def a_query(query: str = "trials", user_id: str = "ada", **more: object) -> dict[str, object]:
    return {"userId": user_id, "query": query} | more


def found(body: object, caller: str = "ada", groups: object = None) -> list[str]:
    status, answer = search(body, caller, groups)
    assert status == 200, answer
    return [item["contentId"] for item in answer["items"]]


def test_hits_come_with_score_and_reasons() -> None:
    status, answer = search(a_query("trials education"))

    assert status == 200
    assert answer["nextCursor"] is None
    first, second = answer["items"]
    assert first.keys() == {"contentId", "title", "summary", "kind", "startsAt", "url", "score", "why"}
    assert (first["contentId"], first["title"], first["kind"]) == ("campaign", "Clinical trials for all", "campaign")
    assert first["why"] == ["title matches “trials”", "tags match “education”", "you are interested in education"]
    assert 1 >= first["score"] > second["score"] > 0
    assert second["contentId"] == "event"


def test_typo_is_corrected_and_reported() -> None:
    status, answer = search(a_query("clincal"))

    assert status == 200
    assert answer["items"][0]["why"][0] == "“clincal” read as “clinical”"


def test_nothing_found_is_no_error() -> None:
    assert search(a_query("zebra")) == (200, {"items": [], "nextCursor": None})


def test_without_consent_the_ranking_is_that_for_everybody(here: Surroundings) -> None:
    here.library.profiles._supporters.by_id["ada"] = replace(a_supporter("ada"), interests=("education",))

    ada, bob = search(a_query())[1], search(a_query(user_id="bob"), "bob")[1]

    assert ada == bob
    assert not any("interested" in reason for item in ada["items"] for reason in item["why"])


def test_whoever_has_just_signed_up_finds_too() -> None:
    assert found(a_query(user_id="new"), "new") == ["campaign", "event"]


def test_nobody_searches_for_another_but_staff() -> None:
    assert search(a_query(user_id="bob"))[0] == 404
    assert search(a_query(user_id="nobody"))[0] == 404
    assert found(a_query(user_id="ada"), "priya", "staff") == ["campaign", "event"]
    assert search(a_query(user_id="nobody"), "priya", "staff")[0] == 404


def test_whoever_has_no_token_is_refused() -> None:
    assert search(a_query(), None)[0] == 401


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"query": " \n"}, "query"),
        ({"query": ""}, "query"),
        ({"query": "a\u0000"}, "query"),
        ({"query": "x" * 201}, "query"),
        ({"query": 1}, "query"),
        ({"limit": 0}, "limit"),
        ({"limit": 51}, "limit"),
        ({"limit": "5"}, "limit"),
        ({"userId": ""}, "userId"),
        ({"cursor": 5}, "cursor"),
        ({"sort": "date"}, "sort"),
    ],
)
def test_what_does_not_fit_is_refused_by_field(change: dict[str, object], field: str) -> None:
    status, problem = search(a_query() | change)

    assert status == 422
    assert [error["field"] for error in problem["errors"]] == [field]


# --- Pages


def walk(query: str, limit: int, between: Callable[[int], object] = lambda _: None) -> list[str]:
    """All hits, page by page; `between` may change the world after each page."""
    hits: list[str] = []
    cursor = None
    for number in range(100):
        _, answer = search(a_query(query, limit=limit, cursor=cursor))
        hits += [item["contentId"] for item in answer["items"]]
        cursor = answer["nextCursor"]
        between(number)
        if cursor is None:
            return hits
    raise AssertionError("the pages do not end")


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 50])
def test_pages_together_are_the_whole_ranking(here: Surroundings, limit: int) -> None:
    for number in range(14):
        here.contents.put(page(f"more-{number:02}", "trials " * (number % 4 + 1) + "and others"))

    assert walk("trials", limit) == found(a_query(limit=50))


@given(st.lists(st.sampled_from(["trials", "clinical", "trials clinical", "other words", "clinic"]), max_size=6))
def test_pages_repeat_and_skip_nothing_while_content_is_added(titles: list[str]) -> None:
    contents = FakeContents(*(page(f"page-{n}", "clinical " * (n % 3) + "trials " * (n % 2 + 1)) for n in range(9)))
    clock = iter(range(10_000))
    engine = Search(FakeLibrary(contents), lambda: NOW + RECHECK_AFTER * next(clock), UTC)
    query, caller, position = Query("new", "clinical trials", 2), Caller("new"), None
    seen: list[str] = []
    for title in [*titles, *["more"] * 20]:
        hits = engine.search(caller, query, position)
        seen += [hit.content.content_id for hit in hits.hits]
        position = hits.next_position
        if position is None:
            break
        contents.put(page(f"added-{len(seen)}", title))

    assert len(set(seen)) == len(seen)
    assert {f"page-{n}" for n in range(9)} <= set(seen)


def test_pages_go_on_with_the_moment_of_the_first(here: Surroundings) -> None:
    here.contents.by_id["event"] = replace(here.contents.by_id["event"], starts_at=NOW + timedelta(days=1))

    def leap(_: int) -> None:
        here.now += timedelta(days=30)

    assert sorted(walk("trials", 1, leap)) == ["campaign", "event"]


@pytest.mark.parametrize(
    ("change", "caller"),
    [({"query": "clinical"}, "ada"), ({"limit": 2}, "ada"), ({"userId": "bob"}, "bob"), ({"cursor": "AAAA"}, "ada")],
)
def test_cursor_of_another_search_is_refused(change: dict[str, object], caller: str) -> None:
    cursor = search(a_query(limit=1))[1]["nextCursor"]
    assert cursor

    status, problem = search(a_query(limit=1, cursor=cursor) | change, caller)

    assert status == 400
    assert [error["field"] for error in problem["errors"]] == ["cursor"]


def test_query_that_looks_the_same_is_the_same_search() -> None:
    cursor = search(a_query("clinical caf\u00e9", limit=1))[1]["nextCursor"]
    assert cursor

    assert search(a_query(" clinical  cafe\u0301", limit=1, cursor=cursor))[0] == 200


def test_longest_query_still_has_a_cursor_that_can_be_sent_back(here: Surroundings) -> None:
    query = " ".join(chr(0x3B1 + n % 24) + chr(0x410 + n) for n in range(70))[:200]
    here.contents.put(page("x" * 64, query))
    here.contents.put(page("y" * 64, query))

    assert walk(query, 1) == ["x" * 64, "y" * 64]


def test_position_is_read_as_it_was_written() -> None:
    position = Position(NOW, (1, 250), 9000, "event-1")

    assert Position.of_text(position.to_text()) == position


# --- A warm function


def test_change_is_found_once_the_index_has_been_checked(here: Surroundings) -> None:
    assert found(a_query("zebra")) == []
    here.contents.put(page("zebra", "Zebra crossing"))

    here.now += RECHECK_AFTER - timedelta(seconds=1)
    assert found(a_query("zebra")) == []
    here.now += timedelta(seconds=1)
    assert found(a_query("zebra")) == ["zebra"]

    here.contents.remove("zebra")
    here.now += RECHECK_AFTER
    assert found(a_query("zebra")) == []


def test_failed_look_up_leaves_the_next_one_to_check(here: Surroundings, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(user_id: str, other_than: int | None) -> Findings:
        raise Unavailable(f"out of reach: {user_id}, {other_than}")

    with monkeypatch.context() as broken:
        broken.setattr(here.library, "look_up", fail)
        assert search(a_query())[0] == 503

    assert found(a_query()) == ["campaign", "event"]
