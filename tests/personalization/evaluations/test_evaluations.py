"""The routes of evaluations through their handler, with the two steps of the state machine in between."""

import pytest

from personalization.evaluations import wiring
from personalization.evaluations.handlers import evaluations, finish_evaluation, run_case
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
    [({"promptId": "card-9"}, 404), ({"versions": {"card-1": 9}}, 404), ({"versions": {"card-1": 0}}, 422)],
)
def test_versions_that_are_not_there(house: House, body: object, status: int) -> None:
    assert start(body).status == status
    assert not house.machine.started


def test_an_evaluation_that_is_not_there(house: House) -> None:  # noqa: ARG001
    assert read("unknown").status == 404
    assert read(start({}).json["evaluationId"], "eve").status == 404
