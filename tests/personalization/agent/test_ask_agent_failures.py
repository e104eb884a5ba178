"""POST /agent when the model, the store or we ourselves fail."""

import json
from datetime import datetime

import pytest

from personalization.agent.domain.agent import Recollection
from personalization.agent.domain.conversation import Question
from personalization.memory.domain.context import SupporterContext
from shared.errors import Unavailable
from shared.idempotency.claims import Claim
from shared.models.model import ModelAnswer, ModelBusy, ToolCall, Usage
from tests.personalization.agent.agent_api import (
    ANSWER,
    AgentApi,
    ask,
    nothing_is_written,
    world,
)
from tests.personalization.fakes import FakeMemory

__all__ = ["world"]

pytestmark = pytest.mark.usefixtures("edge")


@pytest.mark.parametrize("busy", [1, 2])
def test_short_throttling_is_sat_out(world: AgentApi, busy: int) -> None:
    world.answers(*[ModelBusy()] * busy, ANSWER)

    assert ask().status == 200
    assert len(world.model.requests) == busy + 1


def test_model_that_stays_busy_is_a_503_and_nothing_is_written(world: AgentApi) -> None:
    world.answers(ModelBusy())

    answer = ask()

    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) >= 1
    assert nothing_is_written(world)


def test_open_breaker_refuses_at_once(world: AgentApi) -> None:
    world.answers(ModelBusy())
    ask()
    before = len(world.model.requests)

    answer = ask()

    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) >= 1
    assert len(world.model.requests) == before


def test_answer_without_words_is_a_503(world: AgentApi) -> None:
    world.answers(ModelAnswer("", Usage(1, 1)))

    assert ask().status == 503
    assert nothing_is_written(world)


def test_notes_that_do_not_fit_cost_the_answer_nothing(world: AgentApi) -> None:
    world.answers(ModelAnswer("Hello!", Usage(1, 1), (ToolCall("t1", "remember", ["no", "object"]),)))

    answer = ask()

    assert (answer.status, answer.json["content"], answer.json["basis"]) == (200, "Hello!", [])


def test_busy_store_asks_the_caller_to_come_back(world: AgentApi, monkeypatch: pytest.MonkeyPatch) -> None:
    class BusyMemory(FakeMemory):
        def latest_context(self, user_id: str) -> SupporterContext:
            raise Unavailable(f"The data store is busy. {len(user_id)}", retry_after_seconds=2)

        def recall(self, question: Question, now: datetime, claim: Claim | None = None) -> Recollection | None:
            self.latest_context(question.user_id)
            return super().recall(question, now, claim)

    monkeypatch.setattr(world, "memory", BusyMemory(world.profiles))

    answer = ask()

    assert answer.status == 503
    assert answer.headers["Retry-After"] == "2"
    assert world.model.requests == []


def test_mistake_of_ours_is_an_internal_error_that_tells_nothing(world: AgentApi) -> None:
    world.answers(RuntimeError("ValidationException: hunter2"))

    answer = ask()

    assert answer.status == 500
    assert "hunter2" not in json.dumps(answer.json)
    assert nothing_is_written(world)


def test_answer_with_half_a_surrogate_pair_is_no_500_and_writes_nothing(world: AgentApi) -> None:
    world.answers(ModelAnswer("Hello \ud83d", Usage(1, 1)))
    assert ask().status == 503
    assert world.memory.interactions == []
