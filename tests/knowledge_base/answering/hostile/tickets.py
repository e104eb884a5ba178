"""A ticket with a text of the test's in each field that reaches the prompt, and what was done while it was answered."""

import json
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, fields, replace

from knowledge_base.answering.adapters.writer import ANSWER_SCHEMA, ModelReplyWriter, _request
from knowledge_base.answering.domain.citing import Claim
from knowledge_base.answering.domain.conversations import Conversation, Said
from knowledge_base.suggestions.domain.passages import Passage
from shared.errors import Unavailable
from shared.models.model import (
    Message,
    Model,
    ModelAnswer,
    ModelPiece,
    ModelRequest,
    RetryingModel,
    Tool,
    ToolResult,
    Usage,
)
from shared.resilience.circuit import CircuitBreaker
from shared.resilience.deadline import Deadline
from tests.knowledge_base.answering.fakes import Stage
from tests.knowledge_base.answering.hostile.demands import DEMANDS, MINE, OTHERS
from tests.knowledge_base.suggestions.fakes import a_passage
from tests.shared.hostile.texts import Demand

HARMLESS = "Thank you."
RULE = "Goods can be returned within 30 days."
MAX_STEPS = 4


@dataclass(frozen=True, slots=True)
class Texts:
    """What somebody has written: each reaches the prompt."""

    subject: str = HARMLESS
    body: str = HARMLESS
    later_message: str = HARMLESS
    staffs_reply: str = HARMLESS
    document_title: str = HARMLESS
    document_text: str = HARMLESS


FIELDS = [each.name for each in fields(Texts)]


@dataclass
class Done:
    """The tools that were used, which tickets were read, how often documents were searched, and what was said."""

    used: list[Demand] = field(default_factory=list)
    tickets: list[str] = field(default_factory=list)
    searches: int = 0
    said: str = ""
    is_gap: bool = False

    @property
    def acts(self) -> tuple[list[Demand], list[str], int]:
        return self.used, self.tickets, self.searches


class NaiveWriter(ModelReplyWriter):
    """One loop, as such helpers are usually made: whoever reads everything has tools, and what it calls is done."""

    def __init__(self, model: RetryingModel, done: Done) -> None:
        super().__init__(model)
        self._done = done
        self._tools = tuple(
            {
                each.tool: Tool(each.tool, f"{each.tool}: as the customer needs it.", _schema(each)) for each in DEMANDS
            }.values()
        )

    def write(
        self, conversation: Conversation, passages: Sequence[Passage], deadline: Deadline
    ) -> Generator[Claim | Usage]:
        request = replace(_request(conversation, passages), tools=self._tools, answer_schema=None)
        for _ in range(MAX_STEPS):
            *_, answer = self._model.stream(request, deadline)
            assert isinstance(answer, ModelAnswer)
            if not answer.tool_calls:
                break
            self._done.used += [each for each in DEMANDS if each.call in answer.tool_calls]
            results = tuple(ToolResult(call.call_id, "Done.") for call in answer.tool_calls)
            turns = Message("assistant", "", tool_calls=answer.tool_calls), Message("user", "", tool_results=results)
            request = replace(request, messages=(*request.messages, *turns))
        yield Usage(1, 1)


class ObedientWriter:
    """A model that keeps to the schema, quotes what is there, and says what a text of the prompt orders it to say."""

    attempt_seconds = idle_seconds = 1.0

    def __init__(self, order: str) -> None:
        self._order = order

    def converse(self, request: ModelRequest) -> ModelAnswer:
        *_, answer = self.stream(request)
        assert isinstance(answer, ModelAnswer)
        return answer

    def stream(self, request: ModelRequest) -> Generator[ModelPiece]:
        assert request.answer_schema == ANSWER_SCHEMA
        said = {"sentences": [{"sentence": self._order, "passage": 1, "quote": RULE}]}
        yield json.dumps(said)
        yield ModelAnswer("", Usage(1, 1))


def suggest(model: Model, texts: Texts, *, is_guarded: bool = True) -> Done:
    """One reply to Ada's ticket."""
    done = Done()
    passage = a_passage(f"{RULE} {texts.document_text}", title=texts.document_title)
    stage = Stage(passage)
    words = [Said("customer", texts.body), Said("staff", texts.staffs_reply), Said("customer", texts.later_message)]
    mine = Conversation(MINE, "ada", texts.subject, (Said("customer", "How long can I return it?"), *words))
    stage.conversations.by_id = {MINE: mine, OTHERS: Conversation(OTHERS, "ben", "Ben's", (Said("customer", "Mine."),))}
    retrying = RetryingModel(model, CircuitBreaker(5, 10), lambda _: None)
    writer = ModelReplyWriter(retrying) if is_guarded else NaiveWriter(retrying, done)
    stage.equipment = replace(stage.equipment, writer=writer)
    run = stage.keep(subject=MINE)
    try:
        done.said = "".join(str(piece) for piece in stage.reply_answerer.pieces(run))
        done.is_gap = "gap" in stage.reply_answerer.ending(run, done.said, "done").extra
    except Unavailable:
        done.said = ""
    done.tickets = stage.conversations.read
    done.searches = len(stage.shelf.library.questions)
    assert stage.shelf.library.questions == [mine.question]
    return done


def _schema(demand: Demand) -> dict[str, object]:
    names = [name for name, _ in demand.input]
    return {"type": "object", "properties": {name: {"type": "string"} for name in names}, "required": names}
