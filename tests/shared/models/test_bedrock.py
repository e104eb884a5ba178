import json
import socket
from dataclasses import replace
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from shared.aws.failures import code as code_of
from shared.http.statuses import status_of
from shared.models.bedrock import BedrockModel
from shared.models.model import (
    Message,
    ModelAnswer,
    ModelBusy,
    ModelNotEnabled,
    ModelRequest,
    RetryingModel,
    Tool,
    ToolCall,
    Usage,
)
from shared.resilience.circuit import CircuitBreaker
from shared.resilience.deadline import Deadline
from tests.shared.models.converse_server import (
    HELLO,
    MODEL_ID,
    Answered,
    ConverseServer,
    Hangs,
    HangsUp,
    Outcome,
    answers,
    fails,
)

ROOT = Path(__file__).resolve().parents[3]
TOOL = Tool("remember", "Note what you learned.", {"type": "object", "properties": {"facts": {"type": "array"}}})


def ask(
    server: ConverseServer,
    *outcomes: Outcome,
    request: ModelRequest = HELLO,
    attempt_seconds: float = 30,
    temperature: float | None = None,
    top_p: float | None = None,
) -> ModelAnswer:
    server.outcomes += outcomes
    model = BedrockModel(
        MODEL_ID, max_tokens=1024, attempt_seconds=attempt_seconds, temperature=temperature, top_p=top_p
    )
    return model.converse(request)


# --- Requests


def test_request_is_what_converse_wants(bedrock: ConverseServer) -> None:
    turns = (Message("user", "Hello"), Message("assistant", "Hello, Zoë!"), Message("user", "What did I give?"))

    ask(bedrock, answers({"text": "x"}), request=ModelRequest("Be kind.", turns, (TOOL,)), temperature=0.3)

    [request] = bedrock.requests
    assert request.path == f"/model/{MODEL_ID}/converse"
    assert request.body == {
        "system": [{"text": "Be kind."}],
        "messages": [
            {"role": "user", "content": [{"text": "Hello"}]},
            {"role": "assistant", "content": [{"text": "Hello, Zoë!"}]},
            {"role": "user", "content": [{"text": "What did I give?"}]},
        ],
        "inferenceConfig": {"maxTokens": 1024, "temperature": 0.3},
        "toolConfig": {
            "tools": [
                {
                    "toolSpec": {
                        "name": "remember",
                        "description": "Note what you learned.",
                        "inputSchema": {"json": {"type": "object", "properties": {"facts": {"type": "array"}}}},
                    }
                }
            ],
            "toolChoice": {"auto": {}},
        },
    }


def test_answer_can_be_bound_to_a_schema(bedrock: ConverseServer) -> None:
    schema = {"type": "object", "properties": {"mood": {"type": "string"}}, "additionalProperties": False}
    ask(bedrock, answers({"text": "{}"}), request=replace(HELLO, answer_schema=schema))
    [text_format] = bedrock.requests[0].body["outputConfig"].values()
    assert text_format["type"] == "json_schema"
    assert json.loads(text_format["structure"]["jsonSchema"]["schema"]) == schema


def test_request_without_tools_speaks_of_none(bedrock: ConverseServer) -> None:
    ask(bedrock, answers({"text": "x"}))

    assert bedrock.requests[0].body.keys() == {"system", "messages", "inferenceConfig"}


@pytest.mark.parametrize(
    ("temperature", "top_p", "sent"),
    [(None, None, {}), (0.0, None, {"temperature": 0.0}), (None, 0.9, {"topP": 0.9})],
)
def test_parameters_that_are_not_chosen_are_left_to_the_model(
    bedrock: ConverseServer, temperature: float | None, top_p: float | None, sent: dict[str, float]
) -> None:
    ask(bedrock, answers({"text": "x"}), temperature=temperature, top_p=top_p)

    assert bedrock.requests[0].body["inferenceConfig"] == {"maxTokens": 1024} | sent


def test_request_is_signed(bedrock: ConverseServer) -> None:
    ask(bedrock, answers({"text": "x"}))

    assert "/us-west-2/bedrock/aws4_request" in bedrock.requests[0].headers["Authorization"]


# --- What is answered


def test_answer_holds_text_tool_input_and_usage(bedrock: ConverseServer) -> None:
    call = {"toolUse": {"toolUseId": "t1", "name": "remember", "input": {"facts": ["lives in Leeds"]}}}

    answer = ask(bedrock, answers({"text": "Hello, Zoë!\n"}, call, input_tokens=210, output_tokens=45))

    assert answer == ModelAnswer(
        "Hello, Zoë!", Usage(210, 45), (ToolCall("t1", "remember", {"facts": ["lives in Leeds"]}),)
    )


def test_text_in_several_blocks_is_one_text(bedrock: ConverseServer) -> None:
    blocks = [{"text": "Hello, "}, {"reasoningContent": {"reasoningText": {"text": "hm"}}}, {"text": "Zoë!"}]

    assert ask(bedrock, answers(*blocks)).text == "Hello, Zoë!"


@pytest.mark.parametrize("blocks", [[], [{"text": ""}], [{"text": " \n"}]])
def test_answer_without_words_has_no_text(bedrock: ConverseServer, blocks: list[object]) -> None:
    answer = ask(bedrock, answers(*blocks))

    assert answer.text == ""
    assert answer.tool_calls == ()


@pytest.mark.parametrize("tool_input", [{}, [], "text", 7, False, {"facts": {"deep": [[[]]]}}])
def test_tool_input_is_handed_on_unchecked(bedrock: ConverseServer, tool_input: object) -> None:
    call = {"toolUse": {"toolUseId": "t1", "name": "remember", "input": tool_input}}

    assert ask(bedrock, answers({"text": "x"}, call)).tool_calls == (ToolCall("t1", "remember", tool_input),)


# --- What goes wrong


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ThrottlingException", 429),
        ("ModelNotReadyException", 429),
        ("ModelTimeoutException", 408),
        ("ModelErrorException", 424),
        ("InternalServerException", 500),
        ("ServiceUnavailableException", 503),
    ],
)
def test_model_that_cannot_answer_now_is_busy(bedrock: ConverseServer, code: str, status: int) -> None:
    with pytest.raises(ModelBusy) as error:
        ask(bedrock, fails(code, status))

    assert "Bedrock" not in error.value.detail


def test_mistake_of_ours_passes_as_it_is(bedrock: ConverseServer) -> None:
    with pytest.raises(ClientError) as error:
        ask(bedrock, fails("ValidationException", 400, "messages: must alternate"))

    assert code_of(error.value) == "ValidationException"


NOT_ENABLED = [
    ("AccessDeniedException", 403, "Model access is denied due to … (aws-marketplace:ViewSubscriptions, …)"),
    ("ResourceNotFoundException", 404, "Model use case details have not been submitted for this account."),
    ("ValidationException", 400, "Invocation of model ID m with on-demand throughput isn’t supported. Retry …"),
    ("ValidationException", 400, "The provided model identifier is invalid."),
    ("ValidationException", 400, "You have not filled out the required use-case form for this model."),
    ("ValidationException", 400, "Operation not allowed"),
]


@pytest.mark.parametrize(("code", "status", "message"), NOT_ENABLED)
def test_model_that_is_not_enabled_is_unavailable_and_the_log_says_why(
    bedrock: ConverseServer, caplog: pytest.LogCaptureFixture, code: str, status: int, message: str
) -> None:
    model = BedrockModel(MODEL_ID, max_tokens=1024, attempt_seconds=30)
    bedrock.outcomes += [fails(code, status, message), fails(code, status, message)]

    for call in (lambda: model.converse(HELLO), lambda: list(model.stream(HELLO))):
        with pytest.raises(ModelNotEnabled) as error:
            call()
        assert status_of(error.value) == 503
        assert message not in error.value.detail
        [record] = [vars(record) for record in caplog.records if record.message == "model not enabled"]
        assert record["levelname"] == "ERROR"
        assert (record["model"], record["code"], record["reason"]) == (MODEL_ID, code, message)
        assert "Amazon Bedrock" in record["see"]
        assert "Amazon Bedrock" in (ROOT / "docs" / "deploy.md").read_text()
        caplog.clear()


def test_model_that_is_not_enabled_is_called_once(bedrock: ConverseServer) -> None:
    bedrock.outcomes.append(fails("AccessDeniedException", 403))
    breaker = CircuitBreaker(1, 60)
    model = RetryingModel(BedrockModel(MODEL_ID, max_tokens=1024, attempt_seconds=30), breaker)

    with pytest.raises(ModelNotEnabled):
        model.converse(HELLO, Deadline(100))

    assert len(bedrock.requests) == 1


@pytest.mark.parametrize(
    "outcome",
    [
        HangsUp(),
        Answered(200, b'{"output": {', announced_bytes=1000),
        Answered(200, b"", announced_bytes=1000),
    ],
    ids=["before the answer", "within the answer", "after its headers"],
)
def test_connection_that_breaks_off_is_a_busy_model(bedrock: ConverseServer, outcome: Outcome) -> None:
    with pytest.raises(ModelBusy):
        ask(bedrock, outcome)


def test_model_that_does_not_answer_within_the_attempt_is_busy(bedrock: ConverseServer) -> None:
    with pytest.raises(ModelBusy):
        ask(bedrock, Hangs(), attempt_seconds=1.1)


def test_model_out_of_reach_is_busy(bedrock: ConverseServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", f"http://127.0.0.1:{listener.getsockname()[1]}")

    with pytest.raises(ModelBusy):
        ask(bedrock)


@pytest.mark.parametrize("outcome", [fails("ThrottlingException", 429), HangsUp()], ids=["throttled", "cut"])
def test_one_question_is_one_attempt(bedrock: ConverseServer, outcome: Outcome) -> None:
    with pytest.raises(ModelBusy):
        ask(bedrock, outcome, answers({"text": "too late"}))

    assert len(bedrock.requests) == 1


def test_model_answers_again_after_a_failure(bedrock: ConverseServer) -> None:
    bedrock.outcomes += [HangsUp(), fails("ThrottlingException", 429), answers({"text": "Hello!"})]
    model = BedrockModel(MODEL_ID, max_tokens=1024, attempt_seconds=30)
    for _ in range(2):
        with pytest.raises(ModelBusy):
            model.converse(HELLO)

    assert model.converse(HELLO).text == "Hello!"


HTML = {"Content-Type": "text/html"}


@pytest.mark.parametrize(
    "outcome",
    [
        Answered(502, b"<html>Bad Gateway</html>", HTML),
        Answered(503, b"<html>Service Unavailable</html>", HTML),
        Answered(503, b""),
        Answered(504, b'{"message": "Endpoint request timed out"}'),
        Answered(429, b""),
    ],
    ids=lambda o: f"{o.status} {o.body[:10]!r}",
)
def test_failure_of_something_between_us_and_bedrock_is_a_busy_model(
    bedrock: ConverseServer, outcome: Answered
) -> None:
    with pytest.raises(ModelBusy):
        ask(bedrock, outcome)


@pytest.mark.parametrize("body", [b"", b"{}", b"not json", b"[]"])
def test_answer_that_is_not_converses_is_a_busy_model(bedrock: ConverseServer, body: bytes) -> None:
    with pytest.raises(ModelBusy):
        ask(bedrock, Answered(200, body))


def test_tool_input_may_be_null(bedrock: ConverseServer) -> None:
    call = {"toolUse": {"toolUseId": "t1", "name": "remember", "input": None}}
    assert ask(bedrock, answers({"text": "x"}, call)).text == "x"
