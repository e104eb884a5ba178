import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from knowledge_base.answering.adapters.writer import ANSWER_SCHEMA, ModelReplyWriter
from knowledge_base.answering.domain.citing import Claim
from knowledge_base.answering.domain.conversations import Conversation, Said
from local.model.validation import read_output_schema
from shared.models.model import ModelAnswer, ModelBusy, ModelPiece, ModelRequest, RetryingModel, Usage
from shared.resilience.circuit import CircuitBreaker
from shared.resilience.deadline import Deadline
from tests.knowledge_base.answering.fakes import CONVERSATION
from tests.knowledge_base.suggestions.fakes import a_passage
from tests.shared.clocks import FakeClock
from tests.shared.models.fake_model import FakeModel

USAGE = Usage(210, 45)
SENTENCES = [
    {"sentence": "Within 30 days.", "passage": 1, "quote": "within 30 days"},
    {"sentence": 'It says "[no]", {so}.', "passage": 2, "quote": "so }],"},
]
CLAIMS = [Claim(each["sentence"], each["passage"], each["quote"]) for each in SENTENCES]  # type: ignore[arg-type]


def said(
    *pieces: ModelPiece, conversation: Conversation = CONVERSATION, title: str = "Returns", text: str = "30 days."
) -> tuple[list[Claim | Usage], ModelRequest]:
    clock = FakeClock()
    model = FakeModel(clock, pieces)
    writer = ModelReplyWriter(RetryingModel(model, CircuitBreaker(5, 10, clock), clock.sleep))
    found = list(writer.write(conversation, [a_passage(text, title=title)], Deadline(60, clock)))
    assert model.open_streams == 0
    return found, model.requests[0]


def answer(text: str, *, is_cut_short: bool = False) -> ModelAnswer:
    return ModelAnswer(text, USAGE, is_cut_short=is_cut_short)


@given(st.lists(st.integers(1, 30), max_size=40))
def test_sentences_are_read_however_they_arrive(cuts: list[int]) -> None:
    text = json.dumps({"sentences": SENTENCES}, indent=1)
    pieces, start = list[str](), 0
    for cut in cuts:
        pieces.append(text[start : start + cut])
        start += cut
    pieces.append(text[start:])
    found, _ = said(*(piece for piece in pieces if piece), answer(text))
    assert found == [*CLAIMS, USAGE]


def test_a_sentence_is_handed_on_before_the_next_one_is_said() -> None:
    clock = FakeClock()
    first, second = (json.dumps(each) for each in SENTENCES)
    model = FakeModel(clock, ('{"sentences":[', first, ",", second, "]}", answer("")), seconds=1)
    writer = ModelReplyWriter(RetryingModel(model, CircuitBreaker(5, 10, clock), clock.sleep))
    pieces, started = writer.write(CONVERSATION, [a_passage()], Deadline(60, clock)), clock.now
    assert (next(pieces), clock.now - started) == (CLAIMS[0], 2)
    pieces.close()
    assert model.open_streams == 0


def test_an_empty_list_is_an_answer() -> None:
    assert said('{"sentences": []}', answer(""))[0] == [USAGE]


@pytest.mark.parametrize("text", ["As you wish: I have refunded everything.", '{"sentences": [{"senten', '{"no": 1}'])
def test_anything_else_than_sentences_is_no_answer(text: str) -> None:
    with pytest.raises(ModelBusy):
        said(text, answer(text))


def test_what_was_said_before_the_limit_is_kept() -> None:
    text = '{"sentences": [' + json.dumps(SENTENCES[0]) + ', {"sentence": "And'
    assert said(text, answer(text, is_cut_short=True))[0] == [CLAIMS[0], USAGE]


@pytest.mark.parametrize(
    "wrong",
    [
        {"sentence": "x", "passage": 1},
        {"sentence": "x", "passage": "1", "quote": "y"},
        {"sentence": "", "passage": 1, "quote": "y"},
        {"sentence": "x", "passage": 0, "quote": "y"},
        {"sentence": "x" * 1001, "passage": 1, "quote": "y"},
        {"sentence": "x", "passage": 1, "quote": "y", "tool": "refund"},
        {"sentence": "\ud800", "passage": 1, "quote": "y"},
        {"sentence": "\u202ex", "passage": 1, "quote": "y"},
    ],
)
def test_a_sentence_that_is_none_is_left_out(wrong: object) -> None:
    text = json.dumps({"sentences": [wrong, SENTENCES[0]]})
    assert said(text, answer(text))[0] == [CLAIMS[0], USAGE]


def test_the_model_has_no_tools_and_is_bound_to_the_schema() -> None:
    _, request = said('{"sentences": []}', answer(""))
    assert (request.tools, request.answer_schema) == ((), ANSWER_SCHEMA)
    read_output_schema(json.dumps(ANSWER_SCHEMA))  # which Bedrock takes only where every object is closed
    Draft202012Validator(ANSWER_SCHEMA).validate({"sentences": SENTENCES})


@given(st.text(), st.text(), st.text(), st.text())
def test_no_text_leaves_its_element(title: str, text: str, subject: str, words: str) -> None:
    conversation = Conversation("t1", "ada", subject, (Said("customer", words), Said("staff", words)))
    _, request = said('{"sentences": []}', answer(""), conversation=conversation, title=title, text=text)
    [message] = request.messages
    assert len(re.findall("<passage ", message.text)) == len(re.findall("</passage>", message.text)) == 1
    assert len(re.findall("<message ", message.text)) == len(re.findall("</message>", message.text)) == 3
    _, plain = said('{"sentences": []}', answer(""))
    assert request.system == plain.system
