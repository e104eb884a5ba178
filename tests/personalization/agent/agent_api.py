"""POST /agent through its handler, with a model and a memory that stand in."""

import itertools
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from personalization.agent import wiring
from personalization.agent.adapters.author import ModelAuthor
from personalization.agent.domain.agent import Agent
from personalization.agent.handlers.ask_agent import handler
from personalization.content.domain.content import Kind
from personalization.supporters.domain.consent import GIVING_HISTORY, PERSONALISATION
from shared.idempotency.claims import FirstAnswer
from shared.ids import uuid7
from shared.models.model import ModelAnswer, RetryingModel, ToolCall, Usage
from shared.resilience.circuit import CircuitBreaker
from tests.personalization.content.content_examples import page
from tests.personalization.examples import NOW, a_supporter, consenting
from tests.personalization.fakes import FakeMemory, FakePages, FakeProfiles, FakeSupporters
from tests.shared.clocks import FakeClock
from tests.shared.first_answers import FakeFirstAnswers
from tests.shared.gateway_events import access_claims, rest_event
from tests.shared.http_answers import headers_of
from tests.shared.lambda_context import CONTEXT
from tests.shared.models.fake_model import FakeModel

GOOD = {"userId": "ada", "sessionId": "main", "input": "Which causes do I like?"}
ANSWER = ModelAnswer(
    "You like clean water.",
    Usage(210, 45),
    (ToolCall("t1", "remember", {"basis": ["interests"], "interests": ["running"]}),),
)
PAGES = (
    page("wells", "Wells for villages", summary="Clean water for ten villages.", url="https://almoner.example/wells"),
    page(
        "walk", "A walk for water", summary="Five miles in Leeds.", kind=Kind.EVENT, starts_at=NOW + timedelta(days=9)
    ),
)
SAMPLE_USER = "0197a1b2-0000-7000-8000-000000000001"
JSON = {"Content-Type": "application/json"}


class AgentApi:
    """Ada, Bob and the sample event's user, and a model that says what a test wants."""

    def __init__(self) -> None:
        supporters = [consenting(PERSONALISATION, GIVING_HISTORY, user_id=user_id) for user_id in ("ada", SAMPLE_USER)]
        self.profiles = FakeProfiles(FakeSupporters(*supporters, a_supporter("bob")))
        self.memory = FakeMemory(self.profiles)
        self.pages = FakePages(*PAGES)
        self._numbers = itertools.count(1)
        self.answers(ANSWER)

    def answers(self, *outcomes: ModelAnswer | Exception) -> None:
        clock = FakeClock()
        self.model = FakeModel(clock, *outcomes)
        patient = RetryingModel(self.model, CircuitBreaker(3, 10, clock), clock.sleep)
        self._author = ModelAuthor(patient)

    def agent(self) -> Agent:
        return Agent(
            self.memory, self.pages, self._author, lambda: NOW, lambda now: uuid7(now, next(self._numbers)), UTC
        )


class AnswersOfNow:
    """First answers for a handler, whose clock is not the world's."""

    def __init__(self, first_answers: FakeFirstAnswers) -> None:
        self._first_answers = first_answers

    def find(self, record_id: str, _: datetime) -> FirstAnswer | None:
        return self._first_answers.find(record_id, NOW)


@pytest.fixture(autouse=True)
def world(monkeypatch: pytest.MonkeyPatch) -> AgentApi:
    made = AgentApi()
    monkeypatch.setattr(wiring, "agent", made.agent)
    monkeypatch.setattr(wiring, "first_answers", lambda: AnswersOfNow(made.memory.first_answers))
    return made


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    json: Any

    @property
    def fields(self) -> list[str]:
        return [error["field"] for error in self.json["errors"]]


def sent(event: dict[str, Any]) -> Answer:
    answer = handler(event, CONTEXT)
    return Answer(answer["statusCode"], headers_of(answer), json.loads(answer["body"]))


def post(
    body: str | None, caller: str | None = "ada", groups: object = None, headers: dict[str, str] | None = None
) -> Answer:
    claims = None if caller is None else access_claims(caller, groups)
    return sent(rest_event(claims, headers=headers or JSON, resource="/agent", method="POST", body=body))


def ask(caller: str | None = "ada", groups: object = None, *, key: str | None = None, **changes: Any) -> Answer:
    headers = JSON | ({"Idempotency-Key": key} if key else {})
    return post(json.dumps(GOOD | changes), caller, groups, headers)


def nothing_is_written(world: AgentApi) -> bool:
    return not world.memory.interactions and not world.memory.sessions and not any(world.profiles.contexts.values())
