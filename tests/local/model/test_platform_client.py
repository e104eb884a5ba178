"""The running stand-in, as the platform's own client sees it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from local.model.process import ModelProcess
from shared.errors import Unavailable
from shared.models.bedrock import BedrockModel
from shared.models.model import (
    Inference,
    Message,
    ModelAnswer,
    ModelBusy,
    ModelRequest,
    RetryingModel,
    StreamBroken,
    Tool,
)
from shared.resilience.circuit import CircuitBreaker
from shared.resilience.deadline import Deadline
from shared.resilience.interruption import Interruption, interruptible_by
from tests.contracts.emulator.aws import eventually
from tests.local.model.conversations import ADA, SCREENING, SONNET

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("model")]

NOTE = Tool(
    "note",
    "Call this after your answer: what was learned.",
    {"type": "object", "properties": {"interests": {"type": "array", "items": {"type": "string"}}}},
)


@pytest.fixture
def model(stand_in: ModelProcess, monkeypatch: pytest.MonkeyPatch) -> BedrockModel:
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", stand_in.endpoint)
    monkeypatch.setenv("AWS_REGION", "us-west-2")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    return BedrockModel(SONNET, max_tokens=1024, attempt_seconds=30, temperature=0.3, sampling="one")


def asking(question: str, *tools: Tool, **inference: float) -> ModelRequest:
    system = f"You help supporters. {ADA} {SCREENING}"
    return ModelRequest(system, (Message("user", question),), tools, Inference(**inference))  # type: ignore[arg-type]  # tokens are whole


def test_stream_comes_to_the_same_answer_as_one_piece(model: BedrockModel) -> None:
    request = asking("What is bowel screening for? I love running.", NOTE)

    *pieces, answer = model.stream(request)

    assert answer == model.converse(request)
    assert isinstance(answer, ModelAnswer)
    assert len(pieces) > 5
    assert "".join(map(str, pieces)).strip() == answer.text
    assert [call.name for call in answer.tool_calls] == ["note"]


def test_both_sampling_parameters_never_reach_a_model_that_takes_one(model: BedrockModel) -> None:
    [*_, answer] = model.stream(asking("Hello", temperature=0.3, top_p=0.9))

    assert isinstance(answer, ModelAnswer)


def test_limit_on_tokens_ends_the_answer(model: BedrockModel) -> None:
    [*_, answer] = model.stream(asking("What is bowel screening for?", max_tokens=3))

    assert isinstance(answer, ModelAnswer)
    assert answer.is_cut_short
    assert answer.usage.output_tokens == 3


def test_stream_that_is_closed_ends_the_models_work(model: BedrockModel, stand_in: ModelProcess, word: str) -> None:
    stand_in.behave(word, tokensPerSecond=0.0001)
    stream = model.stream(asking(f"What is {word}?"))
    next(stream)

    stream.close()

    assert eventually(lambda: stand_in.requests(word)[0]["outcome"] == "disconnected")


def test_model_that_is_left_before_its_first_word_stops_its_work(
    model: BedrockModel, stand_in: ModelProcess, word: str
) -> None:
    stand_in.behave(word, firstTokenDelaySeconds=60)
    interruption, failures = Interruption(), list[Exception]()

    def listen() -> None:
        with interruptible_by(interruption):
            try:
                next(model.stream(asking(f"What is {word}?")))
            except Unavailable as error:
                failures.append(error)

    with ThreadPoolExecutor(1) as threads:
        threads.submit(listen)
        assert eventually(lambda: stand_in.requests(word))
        interruption.end()

    assert len(failures) == 1
    assert eventually(lambda: stand_in.requests(word)[0]["outcome"] == "disconnected")


@pytest.mark.parametrize("setting", ["throttle", "unavailable", "modelError", "modelTimeout"])
def test_model_that_fails_at_first_is_called_again(
    model: BedrockModel, stand_in: ModelProcess, word: str, setting: str
) -> None:
    stand_in.behave(word, **{setting: 2})
    patient = RetryingModel(model, CircuitBreaker(10, 20), sleep=lambda _: None)

    [*_, answer] = patient.stream(asking(f"What is {word}?"), Deadline(120))

    assert isinstance(answer, ModelAnswer)
    assert len(stand_in.requests(word)) == 3


@pytest.mark.parametrize(
    "break_with", ["modelStreamErrorException", "throttlingException", "internalServerException", "cut"]
)
def test_stream_that_breaks_off_keeps_what_was_said(
    model: BedrockModel, stand_in: ModelProcess, word: str, break_with: str
) -> None:
    stand_in.behave(word, breakAfterTokens=3, breakWith=break_with)
    patient = RetryingModel(model, CircuitBreaker(10, 20), sleep=lambda _: None)
    stream = patient.stream(asking(f"What is {word}?"), Deadline(120))
    said: list[object] = []

    with pytest.raises(StreamBroken):
        said.extend(stream)

    assert said == [] or isinstance(said[0], str)
    assert len(stand_in.requests(word)) == 1


def test_model_that_does_not_begin_is_busy(stand_in: ModelProcess, word: str, model: BedrockModel) -> None:
    assert model
    stand_in.behave(word, firstTokenDelaySeconds=60)
    hasty = BedrockModel(SONNET, max_tokens=1024, attempt_seconds=30, idle_seconds=0.2)

    with pytest.raises(ModelBusy):
        next(hasty.stream(asking(f"What is {word}?")))
