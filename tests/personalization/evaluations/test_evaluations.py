"""The routes of evaluations through their handler, with the two steps of the state machine in between."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from personalization.evaluations import wiring
from personalization.evaluations.handlers import evaluations, finish_evaluation, run_case
from shared.http.cursors import Cursors
from shared.models.model import Usage
from tests.personalization.articles.examples import PRICES
from tests.personalization.calls import Answer, called
from tests.personalization.evaluations.test_running import House
from tests.shared.first_answers import FakeFirstAnswers
from tests.shared.lambda_context import CONTEXT

pytestmark = pytest.mark.usefixtures("edge")


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> House:
    house, first_answers = House(), FakeFirstAnswers()
    monkeypatch.setattr(wiring, "evaluation_service", lambda: house.service)
    monkeypatch.setattr(wiring, "case_runner", lambda: house.runner)
    monkeypatch.setattr(wiring, "evaluation_store", lambda: house.evaluations)
    monkeypatch.setattr(wiring, "first_answers", lambda: first_answers)
    monkeypatch.setattr(wiring, "prices", lambda: PRICES)
    monkeypatch.setattr(wiring, "cursors", lambda: Cursors("a key for tests"))
    return house


def start(body: object, caller: str = "ada") -> Answer:
    resource = "/api/projects/{projectId}/evaluations"
    return called(evaluations.handler, caller, body=body, path={"projectId": "p1"}, resource=resource)


def read(evaluation_id: str, caller: str = "bob") -> Answer:
    resource = "/api/projects/{projectId}/evaluations/{evaluationId}"
    path = {"projectId": "p1", "evaluationId": evaluation_id}
    return called(evaluations.handler, caller, path=path, resource=resource)


def run_all(evaluation_id: str, *case_ids: str) -> None:
    """What the state machine does."""
    step = {"projectId": "p1", "evaluationId": evaluation_id}
    for case_id in case_ids:
        run_case.handler(step | {"caseId": case_id}, CONTEXT)
    finish_evaluation.handler(step, CONTEXT)


def test_an_evaluation_is_accepted_and_read_case_by_case(house: House) -> None:
    accepted = start({"promptId": "card-1"})
    assert (accepted.status, accepted.json["status"]) == (202, "running")
    evaluation_id = accepted.json["evaluationId"]
    assert house.machine.started == [evaluation_id]
    waiting = read(evaluation_id).json
    assert waiting["versions"] == {"card-1": 2}
    assert waiting["promptCardsUsed"] == ["card-1@2", "card-2@7"]
    assert [(each["caseId"], each["status"]) for each in waiting["cases"]] == [("a", "waiting"), ("b", "waiting")]
    house.model.script = ("Buy spam, reader.", Usage(10, 5))
    run_all(evaluation_id, "a", "b")
    ended = read(evaluation_id).json
    assert ended["status"] == "failed"
    assert ended["finishedAt"]
    passed, failed = ended["cases"]
    assert (passed["status"], passed["failures"]) == ("passed", [])
    assert failed == {
        "caseId": "b",
        "caseVersion": 1,
        "name": "The b",
        "status": "failed",
        "failures": [{"check": 0, "why": "contains “spam”"}],
        "answer": "Buy spam, reader.",
        "usage": {"inputTokens": 10, "outputTokens": 5},
        "cost": {"micros": 105, "currency": "USD"},
    }


@pytest.mark.parametrize(
    ("body", "versions"),
    [
        ({}, {"card-1": 2, "card-2": 7}),
        ({"versions": {"card-1": 1}}, {"card-1": 1}),
        ({"promptId": "card-2", "versions": {"card-1": 2}}, {"card-1": 2, "card-2": 7}),
    ],
)
def test_what_is_evaluated(house: House, body: object, versions: dict[str, int]) -> None:  # noqa: ARG001
    assert read(start(body).json["evaluationId"]).json["versions"] == versions


@pytest.mark.parametrize(("caller", "status"), [("bob", 403), ("eve", 404)])
def test_who_may_not_start_one(house: House, caller: str, status: int) -> None:
    assert start({}, caller).status == status
    assert not house.machine.started


@pytest.mark.parametrize(
    ("body", "status"),
    [({"promptId": "card-9"}, 422), ({"versions": {"card-1": 9}}, 422), ({"versions": {"card-1": 0}}, 422)],
)
def test_versions_that_are_not_there(house: House, body: object, status: int) -> None:
    assert start(body).status == status
    assert not house.machine.started


def test_an_evaluation_that_is_not_there(house: House) -> None:  # noqa: ARG001
    assert read("unknown").status == 404
    assert read(start({}).json["evaluationId"], "eve").status == 404


def listed(caller: str = "bob", **query: str) -> Answer:
    resource = "/api/projects/{projectId}/evaluations"
    return called(evaluations.handler, caller, path={"projectId": "p1"}, resource=resource, query=query, method="GET")


def test_evaluations_are_listed_newest_first(house: House) -> None:
    first, second, third = (start({"promptId": "card-1"}).json["evaluationId"] for _ in range(3))
    house.model.script = ("Hello, reader.", Usage(10, 5))
    run_all(first, "a", "b")
    house.model.script = ("Buy spam, reader.", Usage(10, 5))
    run_all(second, "a", "b")

    page = listed(limit="2").json

    assert [each["evaluationId"] for each in page["items"]] == [third, second]
    rest = listed(limit="2", cursor=page["nextCursor"]).json
    assert rest == {"items": rest["items"], "nextCursor": None}
    (oldest,) = rest["items"]
    assert {name: oldest[name] for name in oldest if not name.endswith("At")} == {
        "evaluationId": first,
        "status": "passed",
        "versions": {"card-1": 2},
        "startedBy": "ada",
        "caseCount": 2,
        "passedCases": 2,
    }
    assert [(each["status"], each["passedCases"]) for each in page["items"]] == [("running", None), ("failed", 1)]
    assert [each["evaluationId"] for each in listed(status="failed").json["items"]] == [second]
    today = datetime.now(UTC).date()
    assert len(listed(**{"from": f"{today}", "to": f"{today}"}).json["items"]) == 3
    assert listed(to=f"{today - timedelta(days=1)}").json["items"] == []


def test_evaluation_that_never_finishes_is_finished_by_the_list(house: House) -> None:
    evaluation_id = start({}).json["evaluationId"]
    key = "p1", evaluation_id
    long_ago = datetime.now(UTC) - timedelta(minutes=31)
    house.evaluations.by_id[key] = replace(house.evaluations.by_id[key], started_at=long_ago)

    assert listed(status="running").json["items"] == []

    (failed,) = listed(status="failed").json["items"]
    assert (failed["evaluationId"], failed["status"], failed["passedCases"]) == (evaluation_id, "failed", 0)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"status": "waiting"}, 422),
        ({"from": "2026-03-02", "to": "2026-03-01"}, 422),
        ({"from": "yesterday"}, 400),
        ({"cursor": "x"}, 400),
        ({"promptId": "card-1"}, 400),
    ],
)
def test_filters_that_mean_nothing_are_refused(house: House, query: dict[str, str], status: int) -> None:  # noqa: ARG001
    assert listed(**query).status == status


def test_strangers_list_nothing(house: House) -> None:  # noqa: ARG001
    assert listed("eve").status == 404


def test_a_cursor_of_another_filter_is_refused(house: House) -> None:  # noqa: ARG001
    for _ in range(2):
        start({})
    cursor = listed(limit="1").json["nextCursor"]
    assert listed(limit="1", status="running", cursor=cursor).status == 400
