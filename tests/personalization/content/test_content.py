import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from personalization.content import wiring
from personalization.content.domain.content import Kind
from personalization.content.domain.listing import ContentListing
from personalization.content.handlers.content import handler
from shared.http.cursors import Cursors
from tests.personalization.content.content_examples import NOW, FakeContents, page
from tests.shared.gateway_events import access_claims, rest_event
from tests.shared.lambda_context import CONTEXT

pytestmark = pytest.mark.usefixtures("edge")

PAGE = {"kind": "research", "title": "News", "summary": "In short.", "body": "At length."}
EVENT = PAGE | {"kind": "event", "startsAt": "2026-07-04T09:00:00+02:00", "endsAt": "2026-07-04T16:00:00Z"}


@pytest.fixture(autouse=True)
def contents(monkeypatch: pytest.MonkeyPatch) -> FakeContents:
    fake = FakeContents()
    monkeypatch.setattr(wiring, "contents", lambda: fake)
    monkeypatch.setattr(wiring, "listing", lambda: ContentListing(fake))
    monkeypatch.setattr(wiring, "cursors", lambda: Cursors("a key for tests"))
    return fake


def called(method: str, path: str, groups: object = "staff", **query: str) -> tuple[int, Any]:
    resource, _, content_id = path.partition("/content/")
    event = rest_event(
        access_claims("priya", groups),
        query,
        resource="/content/{contentId}" if content_id else resource,
        method=method,
    )
    answer = handler(event | {"pathParameters": {"contentId": content_id} if content_id else None}, CONTEXT)
    return answer["statusCode"], json.loads(answer["body"] or "null")


def put(body: object, content_id: str = "news", groups: object = "staff") -> tuple[int, Any]:
    event = rest_event(
        access_claims("priya", groups),
        headers={"Content-Type": "application/json"},
        resource="/content/{contentId}",
        method="PUT",
        body=json.dumps(body),
    )
    answer = handler(event | {"pathParameters": {"contentId": content_id}}, CONTEXT)
    return answer["statusCode"], json.loads(answer["body"])


def test_new_content_is_created(contents: FakeContents) -> None:
    status, saved = put(EVENT | {"tags": ["walking"], "url": "https://almoner.example/walk"})

    assert status == 201
    assert saved.pop("updatedAt")
    assert saved == {
        "contentId": "news",
        "kind": "event",
        "title": "News",
        "summary": "In short.",
        "body": "At length.",
        "tags": ["walking"],
        "url": "https://almoner.example/walk",
        "startsAt": "2026-07-04T07:00:00.000Z",
        "endsAt": "2026-07-04T16:00:00.000Z",
        "version": 1,
    }
    assert contents.by_id["news"].kind is Kind.EVENT
    assert contents.by_id["news"].starts_at == datetime(2026, 7, 4, 7, tzinfo=UTC)


def test_titles_and_tags_that_look_the_same_are_the_same(contents: FakeContents) -> None:
    assert put(PAGE | {"title": " Cafe\u0301  day", "tags": ["cafe\u0301 "]})[0] == 201
    assert put(PAGE | {"tags": ["cafe\u0301", "caf\u00e9"]}, "other")[1]["errors"][0]["field"] == "tags"

    assert (contents.by_id["news"].title, contents.by_id["news"].tags) == ("Caf\u00e9 day", ("caf\u00e9",))


@pytest.mark.parametrize("group", ["staff", "admin"])
def test_staff_and_admins_replace_the_version_that_they_have_seen(contents: FakeContents, group: str) -> None:
    put(PAGE)

    status, saved = put(PAGE | {"title": "Later news", "version": 1}, groups=group)

    assert (status, saved["version"]) == (200, 2)
    assert contents.by_id["news"].title == "Later news"


def test_what_is_left_out_of_a_replacement_stays_and_null_takes_it_away() -> None:
    put(EVENT | {"tags": ["walking"], "url": "https://almoner.example/walk"})
    wanted = {name: value for name, value in EVENT.items() if name != "endsAt"} | {"title": "Later"}

    status, saved = put(wanted | {"version": 1})
    assert status == 200
    assert (saved["title"], saved["tags"], saved["url"]) == ("Later", ["walking"], "https://almoner.example/walk")
    assert saved["endsAt"] == "2026-07-04T16:00:00.000Z"

    assert put(wanted | {"version": 2, "startsAt": "2027-01-01T09:00:00Z"})[1]["errors"][0]["field"] == "endsAt"
    _, emptied = put(wanted | {"version": 2, "tags": [], "url": None, "endsAt": None})
    assert (emptied["tags"], emptied["url"], emptied["endsAt"]) == ([], None, None)


def test_end_goes_with_the_event() -> None:
    put(EVENT)

    assert put(PAGE | {"version": 1})[1]["endsAt"] is None


@pytest.mark.parametrize("version", [None, 2, 7])
def test_another_version_is_a_conflict_and_changes_nothing(contents: FakeContents, version: int | None) -> None:
    put(PAGE)

    status, problem = put(PAGE | {"title": "Overwritten", "version": version})

    assert status == 409
    assert "read it again" in problem["detail"]
    assert contents.by_id["news"].title == "News"


def test_version_of_what_is_not_there_is_a_conflict(contents: FakeContents) -> None:
    assert put(PAGE | {"version": 1})[0] == 409
    assert contents.by_id == {}


def test_supporters_may_not_write(contents: FakeContents) -> None:
    assert put(PAGE, groups=None)[0] == 403
    assert contents.by_id == {}


def test_longest_content_fits_however_it_is_escaped(contents: FakeContents) -> None:
    assert put(PAGE | {"body": "👟" * 20_000, "summary": "é" * 500, "title": "é" * 200})[0] == 201
    assert contents.by_id["news"].body == "👟" * 20_000


@pytest.mark.parametrize("content_id", ["", "a" * 65, "a b", "a/b", "ä", "news\n"])
def test_id_that_is_none_is_refused(content_id: str) -> None:
    status, problem = put(PAGE, content_id)

    assert status == 400
    assert [error["field"] for error in problem["errors"]] == ["contentId"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "advert"}, "kind"),
        ({"title": ""}, "title"),
        ({"title": "two\nlines"}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"summary": " "}, "summary"),
        ({"summary": "x" * 501}, "summary"),
        ({"body": "x" * 20_001}, "body"),
        ({"body": "\u0000"}, "body"),
        ({"tags": ["a", "a"]}, "tags"),
        ({"tags": ["x" * 41]}, "tags[0]"),
        ({"tags": [str(n) for n in range(21)]}, "tags"),
        ({"url": "http://almoner.example"}, "url"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "https://almoner.example/\n"}, "url"),
        ({"startsAt": "2026-07-04T09:00:00"}, "startsAt"),
        ({"startsAt": 1_800_000_000}, "startsAt"),
        ({"startsAt": "1800000000"}, "startsAt"),
        ({"startsAt": "0001-01-01T00:00:00+14:00"}, "startsAt"),
        ({"endsAt": "9999-12-31T23:59:59-12:00"}, "endsAt"),
        ({"startsAt": None}, "startsAt"),
        ({"endsAt": "2026-07-01T09:00:00Z"}, "endsAt"),
        ({"kind": "research", "endsAt": None}, "startsAt"),
        ({"version": 0}, "version"),
        ({"version": True}, "version"),
        ({"author": "me"}, "author"),
    ],
)
def test_what_does_not_fit_is_refused_by_field(change: dict[str, object], field: str) -> None:
    status, problem = put(EVENT | change)

    assert status == 422
    assert [error["field"] for error in problem["errors"]] == [field]


def test_event_says_when_it_starts() -> None:
    status, problem = put(PAGE | {"kind": "event"})

    assert (status, problem["errors"]) == (422, [{"field": "startsAt", "message": "is required of an event"}])


def test_supporter_hears_of_the_permission_before_the_body() -> None:
    assert put(PAGE | {"title": ""}, groups=None)[0] == 403


# --- Reading


def test_staff_read_a_page_to_change_it(contents: FakeContents) -> None:
    contents.put(page("news", body="At length.", url="https://almoner.example/news"))

    status, read = called("GET", "/content/news")

    assert (status, read["body"], read["url"], read["version"]) == (
        200,
        "At length.",
        "https://almoner.example/news",
        1,
    )
    assert called("GET", "/content/olds")[0] == 404
    assert called("GET", "/content/news", groups=None)[0] == 403


def test_list_has_the_latest_changes_first_page_by_page_and_no_texts(contents: FakeContents) -> None:
    for number in range(5):
        contents.put(page(f"page-{number}", updated_at=NOW + timedelta(hours=number)))

    seen: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    for _ in range(3):
        status, answer = called("GET", "/content", limit="2", **cursor)
        assert status == 200
        seen += answer["items"]
        cursor = {"cursor": answer["nextCursor"]}

    assert [each["contentId"] for each in seen] == [f"page-{number}" for number in (4, 3, 2, 1, 0)]
    assert answer["nextCursor"] is None
    assert "body" not in seen[0]


def test_list_shows_what_has_just_changed(contents: FakeContents) -> None:
    contents.put(page("news"))
    assert len(called("GET", "/content")[1]["items"]) == 1
    contents.put(page("more"))
    contents.remove("news")
    assert [each["contentId"] for each in called("GET", "/content")[1]["items"]] == ["more"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"kind": "event"}, ["walk"]),
        ({"q": "leeds"}, ["walk"]),
        ({"q": "LEE wal"}, ["walk"]),
        ({"q": "summ"}, ["news", "walk"]),
        ({"q": "summ", "kind": "campaign"}, ["news"]),
        ({"q": "nothing"}, []),
    ],
)
def test_list_is_narrowed_by_kind_and_by_how_words_begin(
    query: dict[str, str], found: list[str], contents: FakeContents
) -> None:
    contents.put(page("news", "News", summary="Summer"))
    contents.put(page("walk", "A walk", kind=Kind.EVENT, tags=("leeds", "summer"), starts_at=NOW))

    assert sorted(each["contentId"] for each in called("GET", "/content", **query)[1]["items"]) == found


def test_cursor_belongs_to_its_filter_and_supporters_list_nothing(contents: FakeContents) -> None:
    for number in range(2):
        contents.put(page(f"page-{number}"))
    cursor = called("GET", "/content", limit="1")[1]["nextCursor"]

    assert called("GET", "/content", cursor=cursor, kind="event")[0] == 400
    assert called("GET", "/content", kind="poem")[0] == 422
    assert called("GET", "/content", groups=None)[0] == 403


# --- Removing


def test_removing_twice_is_as_good_as_once(contents: FakeContents) -> None:
    contents.put(page("news"))

    for _ in range(2):
        assert called("DELETE", "/content/news") == (204, None)
        assert contents.by_id == {}


def test_supporters_may_not_remove(contents: FakeContents) -> None:
    contents.put(page("news"))

    status, answer = called("DELETE", "/content/news", groups=None)

    assert (status, answer["detail"]) == (403, "Only staff may do this.")
    assert "news" in contents.by_id


def test_id_that_is_none_is_not_removed() -> None:
    assert called("DELETE", "/content/not an id")[0] == 400
