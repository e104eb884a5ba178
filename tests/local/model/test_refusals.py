"""The stand-in refuses what the service and its models refuse, with their messages."""

import json
from typing import Any

import pytest

from local.model import converse, messages
from local.model.capabilities import END_OF_LIFE, MODELS, find_model
from local.model.errors import ApiError, ResourceNotFoundException, ValidationException
from tests.local.model.conversations import SONNET, ask, tool_config

SONNET_5 = "global.anthropic.claude-sonnet-5"
OPUS_5_5 = "us.anthropic.claude-opus-5-5"
HAIKU = "eu.anthropic.claude-haiku-4-5-20251001-v1:0"

USER = {"role": "user", "content": [{"text": "Hello"}]}
ASSISTANT = {"role": "assistant", "content": [{"text": "Hello"}]}
CALL = {"role": "assistant", "content": [{"toolUse": {"toolUseId": "t1", "name": "note", "input": {}}}]}


def result(*ids: str) -> dict[str, Any]:
    return {"role": "user", "content": [{"toolResult": {"toolUseId": id_, "content": [{"text": "ok"}]}} for id_ in ids]}


def read(model_id: str = SONNET, **body: Any) -> None:
    converse.read(find_model(model_id), {"messages": [USER]} | body)


def invoke(model_id: str = SONNET, **body: Any) -> None:
    whole = {
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": 10,
        "messages": [{"role": "user", "content": "Hi"}],
    }
    messages.read(find_model(model_id), {name: value for name, value in (whole | body).items() if value is not None})


@pytest.mark.parametrize(
    "identifier",
    [
        SONNET,
        SONNET_5,
        HAIKU,
        "apac.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "arn:aws:bedrock:us-west-2:123456789012:inference-profile/us.anthropic.claude-sonnet-4-6",
        "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0",
        "amazon.titan-embed-text-v2:0",
    ],
)
def test_models_are_found_by_profile_id_and_arn(identifier: str) -> None:
    assert identifier.endswith(find_model(identifier).id)


@pytest.mark.parametrize("identifier", ["gpt-5", "us.gpt-5", "", "claude-sonnet-4-6", "xx.anthropic.claude-sonnet-4-6"])
def test_unknown_models_are_invalid(identifier: str) -> None:
    with pytest.raises(ValidationException, match=r"The provided model identifier is invalid\."):
        find_model(identifier)


@pytest.mark.parametrize("identifier", [*sorted(END_OF_LIFE), "us.anthropic.claude-3-5-sonnet-20241022-v2:0"])
def test_models_at_the_end_of_their_life_are_gone(identifier: str) -> None:
    with pytest.raises(ResourceNotFoundException, match="reached the end of its life"):
        find_model(identifier)


@pytest.mark.parametrize("identifier", [model.id for model in MODELS.values() if model.profile_only])
def test_most_models_need_an_inference_profile(identifier: str) -> None:
    with pytest.raises(ValidationException, match="with on-demand throughput isn’t supported"):
        find_model(identifier)


CONVERSE_REFUSALS: list[tuple[str, dict[str, Any]]] = [
    ("must start with a user message", {"messages": [ASSISTANT]}),
    ("must alternate between user and assistant roles", {"messages": [USER, USER]}),
    ("messages.0.content.0 is blank", {"messages": [{"role": "user", "content": [{"text": " "}]}]}),
    ("messages.2 is empty", {"messages": [USER, ASSISTANT, {"role": "user", "content": []}]}),
    ("at least one message", {"messages": []}),
    ("system.0 is blank", {"system": [{"text": " "}]}),
    ("less than or equal to 1", {"inferenceConfig": {"temperature": 1.5}}),
    ("greater than or equal to 0", {"inferenceConfig": {"topP": -1}}),
    ("exceeds the model limit of 64000", {"inferenceConfig": {"maxTokens": 64001}}),
    ("cannot both be specified", {"inferenceConfig": {"temperature": 0.3, "topP": 0.9}}),
    ("toolConfig field must be defined", {"messages": [USER, CALL, result("t1")]}),
    (
        "messages.2.content exceeds the number of toolUse",
        {"messages": [USER, ASSISTANT, result("t1")], "toolConfig": tool_config()},
    ),
    ("Expected toolResult blocks at messages.2.content", {"messages": [USER, CALL, USER], "toolConfig": tool_config()}),
    ("duplicate Ids: t1", {"messages": [USER, CALL, result("t1", "t1")], "toolConfig": tool_config()}),
    ("`tool_use` ids were found without", {"messages": [USER, CALL], "toolConfig": tool_config()}),
    ("toolConfig.tools", {"toolConfig": {"tools": [], "toolChoice": {"any": {}}}}),
    ("Tool 'other' not found", {"toolConfig": tool_config(tool={"name": "other"})}),
]


@pytest.mark.parametrize(("words", "body"), CONVERSE_REFUSALS)
def test_converse_refuses(words: str, body: dict[str, Any]) -> None:
    with pytest.raises(ValidationException, match=words):
        read(**body)


def structured(schema: dict[str, Any]) -> dict[str, Any]:
    text_format = {"type": "json_schema", "structure": {"jsonSchema": {"schema": json.dumps(schema)}}}
    return {"outputConfig": {"textFormat": text_format}}


CLOSED = {"type": "object", "properties": {}, "additionalProperties": False}

MODEL_REFUSALS: list[tuple[str, str, dict[str, Any]]] = [
    (HAIKU, "cannot both be specified", {"inferenceConfig": {"temperature": 0.3, "topP": 0.9}}),
    (SONNET_5, "`temperature` is deprecated", {"inferenceConfig": {"temperature": 0.3}}),
    (SONNET_5, "`top_p` is deprecated", {"inferenceConfig": {"topP": 1}}),
    (SONNET_5, "`top_k` is deprecated", {"additionalModelRequestFields": {"top_k": 5}}),
    (SONNET_5, "does not support assistant message prefill", {"messages": [USER, ASSISTANT]}),
    (SONNET_5, "output_config.format: Extra inputs are not permitted", structured(CLOSED)),
    (SONNET, "must be explicitly set to false", structured({"type": "object"})),
    (OPUS_5_5, "tool_choice forces tool use is not compatible", {"toolConfig": tool_config(any={})}),
    (
        "amazon.nova-micro-v1:0",
        "prompt is too long",
        {"messages": [{"role": "user", "content": [{"text": "a." * 65_000}]}]},
    ),
]


@pytest.mark.parametrize(("model_id", "words", "body"), MODEL_REFUSALS)
def test_each_model_refuses_its_own(model_id: str, words: str, body: dict[str, Any]) -> None:
    with pytest.raises(ValidationException, match=f"The model returned the following errors: .*{words}"):
        read(model_id, **body)


@pytest.mark.parametrize(
    ("model_id", "body"),
    [
        (SONNET, {"inferenceConfig": {"temperature": 0.3, "maxTokens": 64000}}),
        (SONNET, {"messages": [USER, ASSISTANT]}),
        (SONNET, {"toolConfig": tool_config(tool={"name": "note"})}),
        (SONNET, {"messages": [USER, CALL, result("t1")], "toolConfig": tool_config()}),
        (SONNET, structured(CLOSED)),
        (SONNET_5, {"inferenceConfig": {"temperature": 1}}),
        (SONNET_5, {"toolConfig": tool_config(any={})}),
        (OPUS_5_5, {"toolConfig": tool_config(auto={})}),
        ("amazon.nova-lite-v1:0", {"inferenceConfig": {"temperature": 0.3, "topP": 0.9}}),
    ],
)
def test_what_is_allowed_is_not_refused(model_id: str, body: dict[str, Any]) -> None:
    read(model_id, **body)


INVOKE_REFUSALS: list[tuple[str, dict[str, Any]]] = [
    ("max_tokens: Field required", {"max_tokens": None}),
    ("anthropic_version: Field required", {"anthropic_version": None}),
    ("anthropic_version: Input should be", {"anthropic_version": "2023-06-01"}),
    ("max_tokens: 64001 > 64000", {"max_tokens": 64001}),
    ("stream: Extra inputs are not permitted", {"stream": True}),
    ("cannot both be specified", {"temperature": 0.3, "top_p": 0.9}),
    ('must use the "user" role', {"messages": [{"role": "assistant", "content": "Hi"}]}),
    ("non-whitespace text", {"messages": [{"role": "user", "content": " "}]}),
    (
        "unexpected `tool_use_id`",
        {"messages": [{"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t"}]}]},
    ),
    ("while providing tools", {"tool_choice": {"type": "any"}}),
]


@pytest.mark.parametrize(("words", "body"), INVOKE_REFUSALS)
def test_invoke_model_refuses(words: str, body: dict[str, Any]) -> None:
    with pytest.raises(ValidationException, match=words):
        invoke(**body)


def test_turns_of_one_role_are_merged_by_the_messages_api_but_not_by_converse() -> None:
    invoke(messages=[{"role": "user", "content": "Hi"}, {"role": "user", "content": "again"}])
    with pytest.raises(ApiError):
        converse.read(find_model(SONNET), ask("Hi") | {"messages": [USER, USER]})
