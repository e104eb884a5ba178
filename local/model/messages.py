"""Anthropic's Messages format for InvokeModel: `anthropic_version` bedrock-2023-05-31."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

from local.model import event_stream
from local.model.capabilities import Model, check_capabilities
from local.model.errors import ModelRefusal, ValidationException
from local.model.generation import Answer, Meter
from local.model.prompt import (
    Block,
    CallDelta,
    CallStart,
    End,
    Json,
    Pieces,
    Prompt,
    Start,
    Text,
    TextDelta,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
    Turn,
)
from local.model.validation import read_output_schema

CONTENT_TYPE = event_stream.CONTENT_TYPE
VERSION = "bedrock-2023-05-31"
_SUPPORTED_FIELDS = {
    *("anthropic_version", "anthropic_beta", "max_tokens", "messages", "system", "temperature", "top_p", "top_k"),
    *("stop_sequences", "tools", "tool_choice", "thinking", "output_config", "metadata", "context_management"),
}


def read(model: Model, body: Json) -> Prompt:
    """Raises ValidationException for everything that Bedrock or the model refuses."""
    if not model.id.startswith("anthropic."):
        raise ValidationException("Malformed input request: the stand-in knows no InvokeModel body for this model.")
    _check(body, model)
    prompt = Prompt(
        model_id=model.id,
        turns=tuple(_turns(body["messages"])),
        max_tokens=body["max_tokens"],
        system=_text(body.get("system") or ""),
        temperature=body.get("temperature"),
        top_p=body.get("top_p"),
        stop_sequences=tuple(body.get("stop_sequences") or ()),
        tools=tuple(Tool(t["name"], t.get("description") or "", t["input_schema"]) for t in body.get("tools") or ()),
        tool_choice=_tool_choice(body.get("tool_choice") or {}),
        output_schema=_output_schema(body),
    )
    check_capabilities(model, prompt, top_k=body.get("top_k"))
    _check_tool_blocks(prompt)
    return prompt


def _check(body: Json, model: Model) -> None:
    for name in ("anthropic_version", "max_tokens", "messages"):
        if name not in body:
            raise ModelRefusal(f"{name}: Field required")
    for name in body:
        if name not in _SUPPORTED_FIELDS:
            raise ModelRefusal(f"{name}: Extra inputs are not permitted")
    if body["anthropic_version"] != VERSION:
        raise ModelRefusal(f"anthropic_version: Input should be '{VERSION}'")
    if not isinstance(body["max_tokens"], int) or body["max_tokens"] < 1:
        raise ModelRefusal("max_tokens: Input should be greater than or equal to 1")
    if body["max_tokens"] > model.max_output:
        name = model.id.removeprefix("anthropic.")
        raise ModelRefusal(
            f"max_tokens: {body['max_tokens']} > {model.max_output}, which is the maximum allowed number of output "
            f"tokens for {name}"
        )
    for name in ("temperature", "top_p"):
        if not 0 <= (body.get(name) or 0) <= 1:
            raise ModelRefusal(f"{name}: range: 0..1")
    if not body["messages"]:
        raise ModelRefusal("messages: at least one message is required")
    if body["messages"][0].get("role") != "user":
        raise ModelRefusal('messages: first message must use the "user" role')
    for message in body["messages"]:
        parts = message.get("content")
        texts = [parts] if isinstance(parts, str) else [p["text"] for p in parts or [] if p.get("type") == "text"]
        if not parts or any(not text.strip() for text in texts):
            raise ModelRefusal("messages: text content blocks must contain non-whitespace text")


def _turns(messages: list[Json]) -> Iterator[Turn]:
    """Merge consecutive turns of the same role, as the Messages API does."""
    role, blocks = messages[0]["role"], list[Block]()
    for message in messages:
        if message["role"] != role:
            yield Turn(role, tuple(blocks))
            role, blocks = message["role"], []
        content = message["content"]
        blocks += _blocks([{"type": "text", "text": content}] if isinstance(content, str) else content)
    yield Turn(role, tuple(blocks))


def _blocks(parts: list[Json]) -> Iterator[Block]:
    for part in parts:
        match part.get("type"):
            case "text":
                yield Text(part["text"])
            case "document":
                yield Text(
                    f'<passage title="{part.get("title", "document")}">{part["source"].get("data", "")}</passage>'
                )
            case "tool_use":
                yield ToolCall(part["id"], part["name"], part.get("input") or {})
            case "tool_result":
                yield ToolResult(part["tool_use_id"], _text(part.get("content") or ""))


def _text(content: str | list[Json]) -> str:
    if isinstance(content, str):
        return content
    return "\n".join(part["text"] for part in content if part.get("type") == "text")


def _tool_choice(choice: Json) -> ToolChoice:
    return ToolChoice(choice.get("type", "auto"), choice.get("name", ""))


def _output_schema(body: Json) -> Json | None:
    schema = (body.get("output_config") or {}).get("format", {}).get("schema")
    return None if schema is None else read_output_schema(json.dumps(schema))


def _check_tool_blocks(prompt: Prompt) -> None:
    called: list[str] = []
    for index, turn in enumerate(prompt.turns):
        answered = [result.id for result in turn.tool_results]
        for position, id_ in enumerate(answered):
            if id_ not in called:
                raise ModelRefusal(
                    f"messages.{index}.content.{position}: unexpected `tool_use_id` found in `tool_result` "
                    f"blocks: {id_}. Each `tool_result` block must have a corresponding `tool_use` block in the "
                    "previous message."
                )
        missing = [id_ for id_ in called if id_ not in answered]
        if missing:
            raise ModelRefusal(
                f"messages.{index - 1}: `tool_use` ids were found without `tool_result` blocks immediately after: "
                f"{', '.join(missing)}. Each `tool_use` block must have a corresponding `tool_result` block in the "
                "next message."
            )
        called = [block.id for block in turn.blocks if isinstance(block, ToolCall)]
    if prompt.tool_choice.forces and not prompt.tools:
        raise ModelRefusal("tool_choice: tool_choice may only be specified while providing tools.")


# Both APIs have the same signature.
def whole(answer: Answer, body: Json, meter: Meter) -> Json:  # noqa: ARG001
    content = [
        {"type": "text", "text": block.text}
        if isinstance(block, Text)
        else {"type": "tool_use", "id": block.id, "name": block.name, "input": block.input}
        for block in answer.blocks
    ]
    return _message(answer.model_id, content) | {
        "stop_reason": answer.end.reason,
        "stop_sequence": answer.end.stop_sequence,
        "usage": {"input_tokens": answer.end.input_tokens, "output_tokens": answer.end.output_tokens},
    }


# Both APIs have the same signature.
async def frames(pieces: Pieces, prompt: Prompt, body: Json, meter: Meter) -> AsyncIterator[bytes]:  # noqa: ARG001
    """The Messages API's events, one in each chunk."""
    index, is_open = -1, False
    async for piece in pieces:
        match piece:
            case Start(input_tokens):
                usage = {"input_tokens": input_tokens, "output_tokens": 1}
                yield _event("message_start", message=_message(prompt.model_id, []) | {"usage": usage})
            case TextDelta(text):
                if not is_open:
                    index, is_open = index + 1, True
                    yield _event("content_block_start", index=index, content_block={"type": "text", "text": ""})
                yield _event("content_block_delta", index=index, delta={"type": "text_delta", "text": text})
            case CallStart(id_, name):
                if is_open:
                    yield _event("content_block_stop", index=index)
                index, is_open = index + 1, True
                block = {"type": "tool_use", "id": id_, "name": name, "input": {}}
                yield _event("content_block_start", index=index, content_block=block)
            case CallDelta(text):
                yield _event(
                    "content_block_delta", index=index, delta={"type": "input_json_delta", "partial_json": text}
                )
            case End():
                if is_open:
                    yield _event("content_block_stop", index=index)
                delta = {"stop_reason": piece.reason, "stop_sequence": piece.stop_sequence}
                yield _event("message_delta", delta=delta, usage={"output_tokens": piece.output_tokens})
                metrics = {
                    "inputTokenCount": piece.input_tokens,
                    "outputTokenCount": piece.output_tokens,
                    "invocationLatency": meter.milliseconds(),
                    "firstByteLatency": meter.first_byte_milliseconds(),
                }
                yield _event("message_stop", **{"amazon-bedrock-invocationMetrics": metrics})


def _event(type_: str, **fields: Any) -> bytes:
    return event_stream.chunk({"type": type_} | fields)


def _message(model_id: str, content: list[Any]) -> Json:
    name = model_id.removeprefix("anthropic.").split("-v1")[0]
    return {
        "model": name,
        "id": "msg_bdrk_standin",
        "type": "message",
        "role": "assistant",
        "content": content,
        "stop_reason": None,
        "stop_sequence": None,
    }
