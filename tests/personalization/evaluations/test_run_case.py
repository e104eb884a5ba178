"""The state machine's step that runs a case."""

import pytest

from personalization.evaluations import wiring
from personalization.evaluations.handlers.run_case import handler
from shared.models.model import ModelBusy
from tests.personalization.evaluations.test_running import House
from tests.shared.lambda_context import CONTEXT, fails_as


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> House:
    house = House()
    monkeypatch.setattr(wiring, "case_runner", lambda: house.runner)
    return house


def run(evaluation_id: str, case_id: str = "a") -> None:
    handler({"projectId": "p1", "evaluationId": evaluation_id, "caseId": case_id}, CONTEXT)


def test_a_step_that_is_repeated_changes_nothing(house: House) -> None:
    evaluation_id = house.start().evaluation_id
    for _ in range(3):
        run(evaluation_id)
    assert len(house.model.prompts) == 1


def test_the_state_machine_gets_the_name_of_a_busy_model(house: House) -> None:
    evaluation_id = house.start().evaluation_id
    house.model.script = (ModelBusy(),)
    with fails_as(ModelBusy):
        run(evaluation_id)


def test_an_evaluation_that_is_not_there_is_left_alone(house: House) -> None:
    run("unknown")
    assert not house.model.prompts
