import json
import logging

import pytest
from botocore.exceptions import ClientError

from local.model.errors import ApiError, ThrottlingException, ValidationException
from local.model.event_stream import event, exception, frame
from shared.aws.failures import code
from shared.models.bedrock import BedrockModel, Sampling
from shared.models.model import (
    Inference,
    Message,
    ModelAnswer,
    ModelBusy,
    ModelPiece,
    ModelRequest,
    Tool,
    ToolCall,
    ToolResult,
    Usage,
)
from tests.shared.models.converse_server import HELLO, MODEL_ID, ConverseServer, Hangs, Outcome, Streams, fails


@pytest.fixture
def model(bedrock: ConverseServer) -> BedrockModel:  # noqa: ARG001  bedrock: the surroundings
    return BedrockModel(MODEL_ID, max_tokens=1024, attempt_seconds=30, temperature=0.3, idle_seconds=5)


def said(text: str, block: int = 0) -> bytes:
    return event("contentBlockDelta", {"contentBlockIndex": block, "delta": {"text": text}, "p": "abc"})


def called(name: str, *parts: str, block: int = 1) -> tuple[bytes, ...]:
    start = {"contentBlockIndex": block, "start": {"toolUse": {"toolUseId": f"t{block}", "name": name}}}
    deltas = [{"contentBlockIndex": block, "delta": {"toolUse": {"input": part}}} for part in parts]
    return event("contentBlockStart", start), *(event("contentBlockDelta", delta) for delta in deltas)


BEGIN = event("messageStart", {"role": "assistant"})
METADATA = event("metadata", {"usage": {"inputTokens": 12, "outputTokens": 3, "totalTokens": 15}, "metrics": {}})


def stopped(reason: str = "end_turn") -> bytes:
    return event("messageStop", {"stopReason": reason})


def answers(*chunks: bytes, reason: str = "end_turn") -> Streams:
    return Streams((BEGIN, *chunks, stopped(reason), METADATA))


def pieces(model: BedrockModel, bedrock: ConverseServer, outcome: Outcome) -> list[ModelPiece]:
    bedrock.outcomes.append(outcome)
    return list(model.stream(HELLO))


# --- What is said


def test_text_comes_in_pieces_and_the_answer_last(model: BedrockModel, bedrock: ConverseServer) -> None:
    outcome = answers(said("Hello, "), said("Zoë!\n"), event("contentBlockStop", {"contentBlockIndex": 0}))

    assert pieces(model, bedrock, outcome) == ["Hello, ", "Zoë!\n", ModelAnswer("Hello, Zoë!", Usage(12, 3))]
    assert bedrock.requests[0].path == f"/model/{MODEL_ID}/converse-stream"
    assert bedrock.requests[0].body["inferenceConfig"] == {"maxTokens": 1024, "temperature": 0.3}


def test_pieces_are_given_before_the_answer_has_ended(model: BedrockModel, bedrock: ConverseServer) -> None:
    bedrock.outcomes.append(Streams((BEGIN, said("Hello")), then="hangs"))
    stream = model.stream(HELLO)

    assert next(stream) == "Hello"

    stream.close()


def test_stream_that_is_closed_leaves_the_connection_at_once(model: BedrockModel, bedrock: ConverseServer) -> None:
    bedrock.outcomes.append(Streams((BEGIN, said("Hello")), then="hangs"))
    stream = model.stream(HELLO)
    next(stream)

    stream.close()

    assert bedrock.left.wait(5)


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_messages_may_be_cut_anywhere_on_their_way(model: BedrockModel, bedrock: ConverseServer, size: int) -> None:
    whole = b"".join(answers(said("Hello, "), said("山田!")).chunks)
    cut = tuple(whole[start : start + size] for start in range(0, len(whole), size))

    assert pieces(model, bedrock, Streams(cut))[:-1] == ["Hello, ", "山田!"]


def test_tool_input_comes_with_the_answer(model: BedrockModel, bedrock: ConverseServer) -> None:
    [_, answer] = pieces(
        model, bedrock, answers(said("Hello"), *called("remember", '{"fac', 'ts": ["runs"]}'), reason="tool_use")
    )

    assert answer == ModelAnswer("Hello", Usage(12, 3), (ToolCall("t1", "remember", {"facts": ["runs"]}),))


@pytest.mark.parametrize(("parts", "tool_input"), [((), {}), (('{"facts": ["ru',), '{"facts": ["ru')])
def test_tool_input_is_handed_on_unchecked(
    model: BedrockModel, bedrock: ConverseServer, parts: tuple[str, ...], tool_input: object
) -> None:
    [answer] = pieces(model, bedrock, answers(*called("remember", *parts)))

    assert isinstance(answer, ModelAnswer)
    assert answer.tool_calls == (ToolCall("t1", "remember", tool_input),)


def test_one_tool_may_be_called_twice(model: BedrockModel, bedrock: ConverseServer) -> None:
    calls = called("find", '{"q": "tea"}', block=0), called("find", '{"q": "mug"}', block=1)
    [answer] = pieces(model, bedrock, answers(*calls[0], *calls[1], reason="tool_use"))

    assert isinstance(answer, ModelAnswer)
    assert answer.tool_calls == (ToolCall("t0", "find", {"q": "tea"}), ToolCall("t1", "find", {"q": "mug"}))


def test_answer_tells_that_the_limit_cut_it_short(model: BedrockModel, bedrock: ConverseServer) -> None:
    [_, answer] = pieces(model, bedrock, answers(said("Hello"), reason="max_tokens"))

    assert isinstance(answer, ModelAnswer)
    assert answer.is_cut_short


def test_what_we_do_not_know_is_passed_over(model: BedrockModel, bedrock: ConverseServer) -> None:
    reasoning = event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"reasoningContent": {"text": "Hm."}}})

    song = event("contentBlockStart", {"contentBlockIndex": 0, "start": {"song": {"key": "C"}}})
    unheard_of = event("songStart", {"key": "C"})

    outcome = answers(song, unheard_of, reasoning, said("Hello"), said(""))

    assert pieces(model, bedrock, outcome)[:-1] == ["Hello"]


def test_half_a_surrogate_pair_is_never_handed_on(model: BedrockModel, bedrock: ConverseServer) -> None:
    delta = json.dumps({"contentBlockIndex": 0, "delta": {"text": "a\ud800"}}).encode()
    broken = frame({":event-type": "contentBlockDelta", ":message-type": "event"}, delta)

    assert pieces(model, bedrock, answers(broken)) == ["a?", ModelAnswer("a?", Usage(12, 3))]


def test_connection_is_used_again_after_a_whole_stream(model: BedrockModel, bedrock: ConverseServer) -> None:
    for _ in range(3):
        pieces(model, bedrock, answers(said("Hello")))

    assert len({request.connection for request in bedrock.requests}) == 1


# --- Requests


@pytest.mark.parametrize(
    ("sampling", "sent"),
    [("both", {"temperature": 0.5, "topP": 0.9}), ("one", {"temperature": 0.5}), ("none", {})],
)
def test_model_gets_the_parameters_that_it_takes(
    bedrock: ConverseServer, sampling: Sampling, sent: dict[str, float]
) -> None:
    bedrock.outcomes.append(answers(said("x")))
    model = BedrockModel(MODEL_ID, max_tokens=1024, attempt_seconds=30, temperature=0.3, sampling=sampling)
    request = ModelRequest("Be kind.", HELLO.messages, inference=Inference(max_tokens=4096, temperature=0.5, top_p=0.9))

    list(model.stream(request))

    assert bedrock.requests[0].body["inferenceConfig"] == {"maxTokens": 4096} | sent


def test_calls_and_results_are_sent_as_converse_wants_them(model: BedrockModel, bedrock: ConverseServer) -> None:
    messages = (
        Message("user", "Where?"),
        Message("assistant", "I'll look.", tool_calls=(ToolCall("t1", "look_up", {"q": "where"}),)),
        Message("user", "And?", tool_results=(ToolResult("t1", "Leeds"), ToolResult("t2", " "))),
    )
    bedrock.outcomes.append(answers(said("x")))

    list(model.stream(ModelRequest("Be kind.", messages, (Tool("look_up", "Look.", {"type": "object"}),))))

    assert [message["content"] for message in bedrock.requests[0].body["messages"]] == [
        [{"text": "Where?"}],
        [{"text": "I'll look."}, {"toolUse": {"toolUseId": "t1", "name": "look_up", "input": {"q": "where"}}}],
        [
            {"toolResult": {"toolUseId": "t1", "content": [{"text": "Leeds"}]}},
            {"toolResult": {"toolUseId": "t2", "content": []}},
            {"text": "And?"},
        ],
    ]


# --- What goes wrong


def broken_by(name: str) -> bytes:
    class Broken(ApiError):
        event_type = name

    return exception(Broken("…"))


FAILURES = {
    "throttled": Streams((BEGIN, said("Hello"), broken_by("throttlingException"))),
    "model's error": Streams((BEGIN, said("Hello"), broken_by("modelStreamErrorException"))),
    "Bedrock's error": Streams((BEGIN, said("Hello"), broken_by("internalServerException"))),
    "protocol's error": Streams(
        (BEGIN, said("Hello"), frame({":message-type": "error", ":error-code": "InternalError"}, b""))
    ),
    "cut": Streams((BEGIN, said("Hello")), then="cuts"),
    "cut within a message": Streams((BEGIN, said("Hello"), said("Zoë")[:-3]), then="cuts"),
    "ended within a message": Streams((BEGIN, said("Hello"), said("Zoë")[:-3])),
    "ended before its end": Streams((BEGIN, said("Hello"))),
    "ended without usage": Streams((BEGIN, said("Hello"), stopped())),
    "no event stream": Streams((BEGIN, said("Hello"), b"<html>Bad Gateway</html>")),
    "no JSON": Streams((BEGIN, said("Hello"), frame({":event-type": "metadata", ":message-type": "event"}, b"{"))),
    "no type": Streams((BEGIN, said("Hello"), frame({":event-type": "metadata"}, b"{}"))),
    "another shape": Streams((BEGIN, said("Hello"), event("contentBlockDelta", {}))),
}


@pytest.mark.parametrize("outcome", FAILURES.values(), ids=FAILURES)
def test_stream_that_breaks_off_is_a_busy_model_after_its_words(
    model: BedrockModel, bedrock: ConverseServer, outcome: Streams
) -> None:
    bedrock.outcomes.append(outcome)
    stream = model.stream(HELLO)

    assert next(stream) == "Hello"
    with pytest.raises(ModelBusy):
        next(stream)


def test_silence_in_the_middle_ends_the_stream(bedrock: ConverseServer) -> None:
    model = BedrockModel(MODEL_ID, max_tokens=1024, attempt_seconds=30, idle_seconds=0.1)
    bedrock.outcomes.append(Streams((BEGIN, said("Hello")), then="hangs"))
    stream = model.stream(HELLO)
    next(stream)

    with pytest.raises(ModelBusy):
        next(stream)


@pytest.mark.parametrize(
    "outcome",
    [fails("ThrottlingException", 429), fails("ModelErrorException", 424), fails("ServiceUnavailableException", 503)],
    ids=lambda outcome: str(outcome.status),
)
def test_model_that_cannot_answer_now_is_busy(model: BedrockModel, bedrock: ConverseServer, outcome: Outcome) -> None:
    with pytest.raises(ModelBusy):
        pieces(model, bedrock, outcome)

    assert len(bedrock.requests) == 1


def test_model_that_does_not_begin_is_busy(bedrock: ConverseServer) -> None:
    model = BedrockModel(MODEL_ID, max_tokens=1024, attempt_seconds=30, idle_seconds=0.1)

    with pytest.raises(ModelBusy):
        pieces(model, bedrock, Hangs())


@pytest.mark.parametrize(
    "outcome", [fails("ValidationException", 400), Streams((exception(ValidationException("no")),))]
)
def test_mistake_of_ours_passes_as_it_is(model: BedrockModel, bedrock: ConverseServer, outcome: Outcome) -> None:
    with pytest.raises(ClientError) as error:
        pieces(model, bedrock, outcome)

    assert code(error.value) in {"ValidationException", "validationException"}  # within a stream


# --- What is logged


def logged(caplog: pytest.LogCaptureFixture) -> dict[str, object]:
    [record] = [record for record in caplog.records if record.message == "model called"]
    return vars(record)


def test_usage_and_times_are_logged_and_no_words(
    model: BedrockModel, bedrock: ConverseServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    pieces(model, bedrock, answers(said("Hello, Zoë")))

    line = logged(caplog)
    assert (line["outcome"], line["operation"]) == ("answered", "stream")
    assert (line["inputTokens"], line["outputTokens"]) == (12, 3)
    assert 0 < float(str(line["firstPieceMs"])) <= float(str(line["durationMs"]))
    assert "Zoë" not in str(line)


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (fails("ThrottlingException", 429), "ThrottlingException"),
        (Streams((BEGIN, exception(ThrottlingException("no")))), "ThrottlingException"),
        (Streams((BEGIN,), then="cuts"), "ProtocolError"),
        (Streams((BEGIN,)), "Unfinished"),
    ],
    ids=["refused", "broken off", "cut", "ended"],
)
def test_failure_is_logged_by_its_kind(
    model: BedrockModel,
    bedrock: ConverseServer,
    caplog: pytest.LogCaptureFixture,
    outcome: Outcome,
    reason: str,
) -> None:
    caplog.set_level(logging.INFO)

    with pytest.raises(ModelBusy):
        pieces(model, bedrock, outcome)

    assert logged(caplog)["outcome"] == reason
