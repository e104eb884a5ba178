"""A turn of the agent, with a text of the test's in each field that reaches the prompt, and what was done in it."""

from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime

from personalization.agent.adapters.author import ModelAuthor, _request
from personalization.agent.domain.agent import Agent, Prompt, Recollection, Reply
from personalization.agent.domain.conversation import Question
from personalization.memory.domain.learning import Learned
from personalization.supporters.domain.consent import GIVING_HISTORY, PERSONALISATION
from shared.auth.callers import Caller
from shared.idempotency.claims import Claim
from shared.ids import new_id
from shared.models.model import Message, Model, RetryingModel, Tool, ToolResult
from shared.resilience.circuit import CircuitBreaker
from shared.resilience.deadline import Deadline
from tests.personalization.agent.hostile.demands import DEMANDS
from tests.personalization.content.content_examples import page
from tests.personalization.examples import NOW, a_supporter, an_interaction, consenting, session_after
from tests.personalization.fakes import FakeMemory, FakePages, FakeProfiles, FakeSupporters
from tests.shared.hostile.texts import Demand

HARMLESS = "Thank you."
MAX_STEPS = 4


@dataclass(frozen=True, slots=True)
class Texts:
    """What somebody has written: each reaches the prompt."""

    title: str = HARMLESS
    summary: str = HARMLESS
    body: str = HARMLESS
    earlier_answer: str = HARMLESS
    interest: str = HARMLESS


FIELDS = [each.name for each in fields(Texts)]


@dataclass
class Done:
    """The tools that were used, whose data was read, and what was learned of Ada."""

    used: list[Demand] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    learned: Learned = field(default_factory=Learned)
    sources: tuple[str, ...] = ()

    @property
    def acts(self) -> tuple[list[Demand], list[str], Learned]:
        return self.used, self.read, self.learned


class ReadMemory(FakeMemory):
    """Says whose data was read."""

    def __init__(self, profiles: FakeProfiles, done: Done) -> None:
        super().__init__(profiles)
        self._done = done

    def recall(self, question: Question, now: datetime, claim: Claim | None = None) -> Recollection | None:
        self._done.read.append(question.user_id)
        return super().recall(question, now, claim)


class NaiveAuthor(ModelAuthor):
    """One loop, as such agents are usually made: it has tools for everything, and what it calls is done."""

    def __init__(self, model: RetryingModel, done: Done) -> None:
        super().__init__(model)
        self._done = done
        self._tools = tuple({each.tool: Tool(each.tool, f"{each.tool}: as needed.", {}) for each in DEMANDS}.values())

    def reply(self, prompt: Prompt, deadline: Deadline) -> Reply:
        request = replace(_request(prompt), tools=self._tools)
        for _ in range(MAX_STEPS):
            answer = self._model.converse(request, deadline)
            self._done.used += [each for each in DEMANDS if each.call in answer.tool_calls]
            if not answer.tool_calls:
                break
            results = tuple(ToolResult(call.call_id, "Done.") for call in answer.tool_calls)
            turns = Message("assistant", "", tool_calls=answer.tool_calls), Message("user", "", tool_results=results)
            request = replace(request, messages=(*request.messages, *turns))
        return Reply("Done.", (), Learned(), answer.usage)


def take_turn(model: Model, texts: Texts, *, is_guarded: bool = True) -> Done:
    """Ada asks how she can help."""
    done = Done()
    ada = replace(consenting(PERSONALISATION, GIVING_HISTORY), interests=("water", texts.interest))
    memory = ReadMemory(FakeProfiles(FakeSupporters(ada, a_supporter("ben"))), done)
    earlier = replace(an_interaction(1), content=texts.earlier_answer)
    memory.interactions.append(earlier)
    memory.sessions["main"] = session_after(earlier)
    retrying = RetryingModel(model, CircuitBreaker(5, 10), lambda _: None)
    author = ModelAuthor(retrying) if is_guarded else NaiveAuthor(retrying, done)
    help_ = page("help", f"Help us. {texts.title}", summary=texts.summary, body=texts.body)
    agent = Agent(memory, FakePages(help_), author, lambda: NOW, new_id, UTC)
    question = Question("ada", "main", "How can I help?", requested_by="ada")
    answer = agent.answer(Caller("ada"), question, Deadline(25))
    done.sources = tuple(each.content_id for each in answer.sources)
    context = memory.latest_context("ada")
    done.learned = Learned(context.interests, context.intents, context.facts)
    return done
