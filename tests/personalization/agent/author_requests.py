"""What a model is requested, and what is made of its answer."""

from typing import Any

from personalization.agent.adapters.author import ModelAuthor
from personalization.agent.domain.agent import Prompt, Reply
from personalization.agent.domain.conversation import Turn
from personalization.agent.domain.facts import Fact
from shared.models.model import (
    ModelAnswer,
    ModelRequest,
    RetryingModel,
    ToolCall,
    Usage,
)
from shared.resilience.circuit import CircuitBreaker
from shared.resilience.deadline import Deadline
from tests.shared.clocks import FakeClock
from tests.shared.models.fake_model import FakeModel

FACTS = (Fact("name", "Zoë 山田"), Fact("interests", "clean water, education"))
NOTHING: Any = object()
USAGE = Usage(210, 45)


def requested_and_replied(prompt: Prompt, *outcomes: ModelAnswer | Exception) -> tuple[ModelRequest, Reply]:
    clock = FakeClock()
    model = FakeModel(clock, *outcomes)
    patient = RetryingModel(model, CircuitBreaker(5, 10, clock), clock.sleep)
    reply = ModelAuthor(patient).reply(prompt, Deadline(25, clock))
    return model.requests[0], reply


def request_for(facts: tuple[Fact, ...] = FACTS, turns: tuple[Turn, ...] = (), text: str = "Hello") -> ModelRequest:
    return requested_and_replied(Prompt(facts, turns, text), ModelAnswer("Hello!", USAGE))[0]


def reply_to(tool_input: object = NOTHING, text: str = "Hello!") -> Reply:
    tools = () if tool_input is NOTHING else (ToolCall("t1", "remember", tool_input),)
    return requested_and_replied(Prompt(FACTS, (), "Hello"), ModelAnswer(text, USAGE, tools))[1]
