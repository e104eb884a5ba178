"""POST /api/projects/{projectId}/runs through its handler."""

from datetime import UTC, datetime

import pytest

from personalization.articles import wiring as articles
from personalization.articles.domain.budget import Allowance
from personalization.articles.handlers.article_runs import handler
from personalization.articles.requests import MAX_ARTICLE_CHARACTERS
from shared.http import edge
from tests.personalization.articles.test_starting import House
from tests.personalization.calls import Answer, called
from tests.shared.auth.fake_ends import FakeEnds, access_of

pytestmark = pytest.mark.usefixtures("edge")


@pytest.fixture
def ends() -> FakeEnds:
    return FakeEnds()


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch, ends: FakeEnds) -> House:
    house = House()
    monkeypatch.setattr(articles, "run_service", lambda: house.service)
    monkeypatch.setattr(articles, "first_answers", lambda: house.first_answers)
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
