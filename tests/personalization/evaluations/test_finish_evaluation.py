"""The state machine's step that ends an evaluation."""

import pytest

from personalization.evaluations import wiring
from personalization.evaluations.domain.evaluation import Evaluation
from personalization.evaluations.handlers.finish_evaluation import handler
from shared.models.model import Usage
from tests.personalization.evaluations.test_running import House
from tests.shared.lambda_context import CONTEXT


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> House:
    house = House()
    monkeypatch.setattr(wiring, "evaluation_store", lambda: house.evaluations)
    return house


def finish(evaluation: Evaluation) -> str:
    handler({"projectId": "p1", "evaluationId": evaluation.evaluation_id}, CONTEXT)
    return status_of(evaluation)


def status_of(evaluation: Evaluation) -> str:
    found = wiring.evaluation_store().find("p1", evaluation.evaluation_id)
    assert found
    return str(found.status)


def test_an_evaluation_whose_cases_have_passed_has_passed(house: House) -> None:
    evaluation = house.start()
    house.run(evaluation)
    assert finish(evaluation) == "passed"


def test_cases_that_were_not_run_have_failed(house: House) -> None:
    evaluation = house.start()
    house.run(evaluation, "a")
    assert finish(evaluation) == "failed"
    assert house.failing_cases("card-1", 2) == ["b"]


def test_an_evaluation_is_ended_once(house: House) -> None:
    evaluation = house.start()
    house.run(evaluation)
    assert finish(evaluation) == "passed"
    house.model.script = ("Buy spam.", Usage(10, 5))
    house.run(evaluation)
    assert finish(evaluation) == "passed"


def test_an_evaluation_that_is_not_there_is_left_alone(house: House) -> None:
    handler({"projectId": "p1", "evaluationId": "unknown"}, CONTEXT)
    assert not house.evaluations.by_id
