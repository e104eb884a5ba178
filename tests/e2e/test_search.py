"""Searching and changing content, on the deployed platform."""

import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from tests.e2e.clients import Api, Platform, User, eventually, is_problem

pytestmark = pytest.mark.platform

type Calls = Callable[..., Api]
type Json = dict[str, Any]


@pytest.fixture
def word(staff: User, personalization: Calls) -> Iterator[str]:
    """A word that no other content contains; content with this id is removed afterwards."""
    rare = "q" + "".join(secrets.choice("bcdfghjklmnpqrtvwxz") for _ in range(11))
    yield rare
    assert personalization(staff)("DELETE", f"/content/{rare}").status_code == 204


def search(api: Api, user: User, query: str, **more: object) -> requests.Response:
    return api("POST", "/search", json={"userId": user.user_id, "query": query} | more)


def items(api: Api, user: User, query: str, **more: object) -> list[Json]:
    answer = search(api, user, query, **more)
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["items"]
    return found


def page_about(word: str, **more: object) -> Json:
    return {"kind": "research", "title": f"About {word}", "summary": "In short.", "body": "At length."} | more


def test_a_typo_is_corrected_and_reported(supporter: User, personalization: Calls) -> None:
    answer = search(personalization(supporter), supporter, "leukemia")
    assert answer.status_code == 200, answer.text
    assert answer.json().keys() == {"items", "nextCursor"}
    (hit,) = answer.json()["items"]
    assert hit.keys() == {"contentId", "title", "summary", "kind", "startsAt", "url", "score", "why"}
    assert (hit["contentId"], hit["kind"]) == ("research-gentler-leukaemia", "research")
    assert hit["why"] == ["“leukemia” read as “leukaemia”"]
    assert 0 < hit["score"] < 1


def test_the_day_of_an_event_is_that_of_its_zone(
    supporter: User, staff: User, personalization: Calls, word: str
) -> None:
    event = page_about(word, kind="event", startsAt="2020-12-25T00:30:00+01:00")
    assert personalization(staff)("PUT", f"/content/{word}", json=event).status_code == 201
    api = personalization(supporter)
    eventually(lambda: items(api, supporter, word))
    (hit,) = items(api, supporter, word)
    assert hit["why"][-1] == "was on 25 December 2020"


def test_interests_lift_what_fits_them_once_the_supporter_consents(supporter: User, personalization: Calls) -> None:
    api = personalization(supporter)
    for_everybody = items(api, supporter, "cancer", limit=50)
    assert not any("interested" in reason for hit in for_everybody for reason in hit["why"])
    change = {"version": 1, "interests": ["prevention"]}
    assert api("PATCH", "/profile", json=change).status_code == 200
    assert items(api, supporter, "cancer", limit=50) == for_everybody

    consent = {"version": 2, "consent": [{"purpose": "personalisation", "granted": True}]}
    assert api("PATCH", "/profile", json=consent).status_code == 200
    personal = {hit["contentId"]: hit for hit in items(api, supporter, "cancer", limit=50)}
    before = {hit["contentId"]: hit for hit in for_everybody}
    assert personal.keys() == before.keys()
    smokefree = "campaign-smokefree-generation"
    assert "you are interested in prevention" in personal[smokefree]["why"]
    assert personal[smokefree]["score"] > before[smokefree]["score"]


def test_what_staff_publish_is_found_within_seconds_and_gone_when_removed(
    supporter: User, staff: User, word: str, personalization: Calls
) -> None:
    reader, writer = personalization(supporter), personalization(staff)
    created = writer("PUT", f"/content/{word}", json=page_about(word))
    assert created.status_code == 201, created.text
    assert created.json()["version"] == 1
    eventually(lambda: items(reader, supporter, word))
    (hit,) = items(reader, supporter, word)
    assert (hit["contentId"], hit["why"]) == (word, [f"title matches “{word}”"])

    replaced = writer("PUT", f"/content/{word}", json=page_about(word, title=f"More about {word}", version=1))
    assert (replaced.status_code, replaced.json()["version"]) == (200, 2)
    eventually(lambda: items(reader, supporter, word)[0]["title"] == f"More about {word}")

    for _ in range(2):
        removed = writer("DELETE", f"/content/{word}")
        assert (removed.status_code, removed.text) == (204, "")
    eventually(lambda: not items(reader, supporter, word))


def test_a_stale_version_is_a_conflict(staff: User, word: str, personalization: Calls) -> None:
    api = personalization(staff)
    assert api("PUT", f"/content/{word}", json=page_about(word)).status_code == 201
    is_problem(api("PUT", f"/content/{word}", json=page_about(word)), 409)
    assert api("PUT", f"/content/{word}", json=page_about(word, version=1)).status_code == 200
    is_problem(api("PUT", f"/content/{word}", json=page_about(word, version=1)), 409)


def test_supporters_may_not_write(supporter: User, personalization: Calls) -> None:
    api = personalization(supporter)
    is_problem(api("PUT", "/content/help-monthly-gift", json=page_about("gifts", version=1)), 403)
    is_problem(api("DELETE", "/content/help-monthly-gift"), 403)
    assert "help-monthly-gift" in [hit["contentId"] for hit in items(api, supporter, "monthly gift", limit=50)]


def test_pages_follow_one_another(supporter: User, personalization: Calls) -> None:
    api = personalization(supporter)
    whole = [hit["contentId"] for hit in items(api, supporter, "cancer research", limit=50)]
    assert len(whole) > 10
    walked: list[str] = []
    after: Json = {}
    while True:
        answer = search(api, supporter, "cancer research", limit=4, **after)
        assert answer.status_code == 200, answer.text
        walked += [hit["contentId"] for hit in answer.json()["items"]]
        cursor = answer.json()["nextCursor"]
        if cursor is None:
            break
        after = {"cursor": cursor}
        changed = cursor[:-1] + ("A" if cursor[-1] != "A" else "B")
        is_problem(search(api, supporter, "cancer research", limit=4, cursor=changed), 400)
        is_problem(search(api, supporter, "another search", limit=4, cursor=cursor), 400)
    assert walked == whole


def test_bad_searches_are_refused(supporter: User, platform: Platform, personalization: Calls) -> None:
    api = personalization(supporter)
    problem = is_problem(search(api, supporter, "  "), 422)
    assert [error["field"] for error in problem["errors"]] == ["query"]
    is_problem(search(api, supporter, "run", limit=51), 422)
    is_problem(search(api, platform.sample_user(None), "run"), 404)
    is_problem(search(personalization(token="not a token"), supporter, "run"), 401)
    is_problem(search(personalization(supporter, api_key=None), supporter, "run"), 403)
    assert items(api, supporter, "zzzzzzzzzz") == []


def test_everybody_without_consent_gets_the_same_ranking(platform: Platform, personalization: Calls) -> None:
    users = [platform.sign_up(name) for name in ("Ida", "Jon")]
    answers = [items(personalization(user), user, "clinical trials", limit=50) for user in users]
    assert answers[0] == answers[1]
    assert "title matches “clinical”, “trials”" in [reason for hit in answers[0] for reason in hit["why"]]
