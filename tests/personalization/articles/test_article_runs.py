"""POST /api/projects/{projectId}/runs and GET /api/projects/{projectId}/budget through their handler."""

from datetime import UTC, datetime, timedelta

import pytest

from personalization.articles import wiring as articles
from personalization.articles.domain.budget import Allowance
from personalization.articles.domain.listing import RunListService
from personalization.articles.handlers.article_runs import handler
from personalization.articles.requests import MAX_ARTICLE_CHARACTERS
from shared.http import edge
from shared.http.cursors import Cursors
from tests.personalization.articles.examples import a_reply
from tests.personalization.articles.test_starting import House
from tests.personalization.calls import Answer, called
from tests.shared.auth.fake_ends import FakeEnds, access_of
from tests.shared.persistence.fake_transactions import committed

pytestmark = pytest.mark.usefixtures("edge")


@pytest.fixture
def ends() -> FakeEnds:
    return FakeEnds()


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch, ends: FakeEnds) -> House:
    house = House()
    monkeypatch.setattr(articles, "run_service", lambda: house.service)
    monkeypatch.setattr(articles, "first_answers", lambda: house.first_answers)
    monkeypatch.setattr(articles, "budget_service", lambda: house.budget_service)
    monkeypatch.setattr(articles, "run_list_service", lambda: RunListService(house.project_access, house.history))
    monkeypatch.setattr(articles, "cursors", lambda: Cursors("a key for tests"))
    access = access_of(ends)
    monkeypatch.setattr(edge, "access", lambda: access)
    return house


def run(body: object, caller: str = "ada", *, key: str | None = None, project_id: str = "p1") -> Answer:
    path = {"projectId": project_id}
    return called(handler, caller, body=body, key=key, path=path, resource="/api/projects/{projectId}/runs")


def a_body(**changes: object) -> dict[str, object]:
    return {"article": "Screening saves lives.", "sessionId": "s1"} | changes


def test_a_run_is_accepted(house: House) -> None:
    answer = run(a_body())
    (begun,) = house.starter.runs
    assert (answer.status, answer.json) == (202, {"runId": begun.run_id, "sessionId": "s1"})


def test_the_same_key_is_the_same_run(house: House) -> None:
    assert run(a_body(), key="k1") == run(a_body(), key="k1")
    assert len(house.starter.runs) == 1
    assert run(a_body(article="Another."), key="k1").status == 422


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (a_body(article="a" * (MAX_ARTICLE_CHARACTERS + 1)), ["article"]),
        (a_body(article=" \n"), ["article"]),
        (a_body(article="\x00"), ["article"]),
        (a_body(sessionId="../s1"), ["sessionId"]),
        (a_body(variables={"tone": 3}), ["variables.tone"]),
        (a_body(variables={"tone": "warm"}), ["variables.tone"]),
        (a_body(cards=[]), ["cards"]),
        (a_body(label="Staging"), ["label"]),
        (a_body(label=None), ["label"]),
        (a_body(versions={"card-1": 0}), ["versions.card-1"]),
        (a_body(versions={"card-1": 9}), ["versions.card-1"]),
        (a_body(versions={"card-1": True}), ["versions.card-1"]),
        (a_body(versions={"card-1": "Latest"}), ["versions.card-1"]),
        (a_body(versions=["card-1"]), ["versions"]),
        ({}, ["article", "sessionId"]),
    ],
)
def test_what_is_wrong_is_named(house: House, body: object, fields: list[str]) -> None:
    answer = run(body)
    assert (answer.status, answer.fields) == (422, fields)
    assert not house.starter.runs


def test_the_longest_article_is_taken_however_it_is_written(house: House) -> None:
    escaped = '{"sessionId": "s1", "article": "' + r"\ud83c\udf97" * MAX_ARTICLE_CHARACTERS + '"}'
    assert run(escaped).status == 202
    assert len(next(iter(house.texts.by_key.values()))) == MAX_ARTICLE_CHARACTERS


def test_a_body_beyond_that_is_too_large(house: House) -> None:  # noqa: ARG001
    assert run(a_body(article="a" * 4_000_000)).status == 413


def test_whoever_was_signed_out_starts_nothing(house: House, ends: FakeEnds) -> None:
    ends.end("ada", datetime.now(UTC))
    assert run(a_body()).status == 401
    assert not house.starter.runs


def test_strangers_find_no_project(house: House) -> None:  # noqa: ARG001
    assert run(a_body(), "eve").status == 404
    assert run(a_body(), project_id="p9").status == 404


def test_a_budget_that_is_used_up_says_when_it_is_renewed(house: House) -> None:
    house.allow(Allowance(project=100, user=100))
    answer = run(a_body())
    assert answer.status == 429
    assert "renewed at" in answer.json["detail"]


@pytest.mark.parametrize(
    ("wanted", "used"),
    [
        ({}, ["card-1@3"]),
        ({"label": "production"}, ["card-1@3"]),
        ({"label": "latest"}, ["card-1@4"]),
        ({"versions": {"card-1": 2}}, ["card-1@2"]),
        ({"versions": {"card-1": "latest"}}, ["card-1@4"]),
    ],
)
def test_a_run_uses_the_versions_that_were_chosen(house: House, wanted: dict[str, object], used: list[str]) -> None:
    house.cards.write("p1", "card-1", 2, "Older.", in_production=False)
    house.cards.write("p1", "card-1", 4, "A draft.", in_production=False)
    assert run(a_body(**wanted)).status == 202
    assert [str(card) for card in house.request.cards] == used
    assert [str(card) for card in house.history.all[-1].cards_used] == used


@pytest.mark.parametrize("chosen", [{"label": "latest"}, {"versions": {"card-1": 3}}])
def test_viewers_run_only_what_is_in_production(house: House, chosen: dict[str, object]) -> None:
    assert run(a_body(**chosen), "bob").status == 403
    assert not house.starter.runs
    assert run(a_body(label="production"), "bob").status == 202


def budget(caller: str) -> Answer:
    return called(handler, caller, path={"projectId": "p1"}, resource="/api/projects/{projectId}/budget")


def test_a_budget_shows_what_is_spent_reserved_and_left(house: House) -> None:
    house.allow(Allowance(project=20_000, user=10_000))
    run(a_body())
    reservation = house.request.reservation
    reserved = reservation.tokens
    committed(house.budgets.settle(reservation, 100))
    run(a_body())

    mine, bobs = budget("ada").json, budget("bob").json

    project = {"limit": 20_000, "spent": 100, "reserved": reserved, "left": 19_900 - reserved}
    assert (mine["project"], bobs["project"]) == (project, project)
    assert mine["user"] == {"limit": 10_000, "spent": 100, "reserved": reserved, "left": 9_900 - reserved}
    assert bobs["user"] == {"limit": 10_000, "spent": 0, "reserved": 0, "left": 10_000}
    renewed = datetime.fromisoformat(mine["renewsAt"])
    assert (renewed.hour, renewed.minute, renewed.second) == (0, 0, 0)
    assert datetime.now(UTC) < renewed <= datetime.now(UTC) + timedelta(days=1)


def test_a_limit_that_was_lowered_leaves_nothing(house: House) -> None:
    run(a_body())
    house.allow(Allowance(project=10, user=10))
    assert budget("ada").json["project"]["left"] == 0


def test_strangers_see_no_budget(house: House) -> None:  # noqa: ARG001
    assert budget("eve").status == 404


def runs(caller: str = "ada", **query: str) -> Answer:
    resource = "/api/projects/{projectId}/runs"
    return called(handler, caller, path={"projectId": "p1"}, resource=resource, query=query, method="GET")


def test_runs_are_listed_newest_first_without_their_texts(house: House) -> None:
    ids = [run(a_body(sessionId=f"s{number}")).json["runId"] for number in range(3)]
    bobs = run(a_body(sessionId="bobs"), "bob").json["runId"]
    first = house.history.all[0]
    committed(house.history.complete("p1", "s0", first.sent_at, ids[0], a_reply()))

    page = runs(limit="3").json

    assert [each["runId"] for each in page["items"]] == [bobs, ids[2], ids[1]]
    (oldest,) = runs(limit="3", cursor=page["nextCursor"]).json["items"]
    assert {name: oldest[name] for name in oldest if name != "startedAt"} == {
        "runId": ids[0],
        "sessionId": "s0",
        "userId": "ada",
        "status": "done",
        "promptCardsUsed": ["card-1@3"],
        "processingTime": 1234,
        "usage": {"inputTokens": 100, "outputTokens": 20},
        "cost": {"micros": 600, "currency": "USD"},
    }
    assert [each["runId"] for each in runs(status="done").json["items"]] == [ids[0]]
    assert len(runs(status="running", **{"from": f"{datetime.now(UTC).date()}"}).json["items"]) == 3
    assert runs(to=f"{datetime.now(UTC).date() - timedelta(days=1)}").json["items"] == []


def test_viewers_list_their_own_runs(house: House) -> None:
    run(a_body())
    bobs = run(a_body(sessionId="bobs"), "bob").json["runId"]
    assert [each["runId"] for each in runs("bob").json["items"]] == [bobs]
    assert runs("eve").status == 404
    assert house.history.all


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"status": "queued"}, 422),
        ({"from": "2026-03-02", "to": "2026-03-01"}, 422),
        ({"to": "tomorrow"}, 400),
        ({"userId": "bob"}, 400),
    ],
)
def test_filters_of_runs_that_mean_nothing_are_refused(house: House, query: dict[str, str], status: int) -> None:  # noqa: ARG001
    assert runs(**query).status == status


def test_a_cursor_of_another_s_runs_is_refused(house: House) -> None:
    for number in range(2):
        run(a_body(sessionId=f"s{number}"))
    cursor = runs(limit="1").json["nextCursor"]
    assert runs("bob", cursor=cursor).status == 400
    assert runs(status="done", cursor=cursor).status == 400
    assert len(house.history.all) == 2
