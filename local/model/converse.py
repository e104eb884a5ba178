"""The Converse API's formats: from a request to a Prompt, and from pieces to a response or a stream of events."""

import base64
import json
from collections.abc import AsyncIterator
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
from local.model.validation import check_converse, read_output_schema

CONTENT_TYPE = event_stream.CONTENT_TYPE


def read(model: Model, body: Json) -> Prompt:
    """Raises ValidationException for everything that Bedrock or the model refuses."""
    if model.embeds:
        raise ValidationException(
            "This action doesn't support the model that you provided. Try again with a supported text or chat model."
        )
    try:
        check_converse(body, model)
        prompt = _prompt(model, body)
        extra = body.get("additionalModelRequestFields") or {}
        check_capabilities(model, prompt, top_k=extra.get("top_k"))
    except ModelRefusal as refusal:
        raise ValidationException(f"The model returned the following errors: {refusal}") from refusal
    return prompt


def _prompt(model: Model, body: Json) -> Prompt:
    inference = body.get("inferenceConfig") or {}
    tools = body.get("toolConfig") or {}
    return Prompt(
        model_id=model.id,
        turns=tuple(
            Turn(message["role"], tuple(block for part in message["content"] for block in _blocks(part)))
            for message in body["messages"]
        ),
        max_tokens=inference.get("maxTokens") or model.max_output,
        system="\n".join(_text(part) for part in body.get("system") or [] if _text(part)),
        temperature=inference.get("temperature"),
        top_p=inference.get("topP"),
        stop_sequences=tuple(inference.get("stopSequences") or ()),
        tools=tuple(_tool(tool["toolSpec"]) for tool in tools.get("tools") or () if "toolSpec" in tool),
        tool_choice=_tool_choice(tools.get("toolChoice") or {}),
        output_schema=_output_schema(body),
    )


def _blocks(part: Json) -> list[Block]:
    """Text, tool use and text documents; images, reasoning and cache points are ignored."""
    if "toolUse" in part:
        use = part["toolUse"]
        return [ToolCall(use["toolUseId"], use["name"], use.get("input") or {})]
    if "toolResult" in part:
        result = part["toolResult"]
        texts = [_text(content) for content in result.get("content") or []]
        return [ToolResult(result["toolUseId"], "\n".join(text for text in texts if text))]
    text = _text(part)
    return [Text(text)] if text else []


def _text(part: Json) -> str:
    if "text" in part:
        return str(part["text"])
    if "json" in part:
        return json.dumps(part["json"], ensure_ascii=False)
    if "guardContent" in part:
        return str(part["guardContent"].get("text", {}).get("text", ""))
    if "document" in part:
        source = part["document"].get("source", {})
        content = source.get("text") or base64.b64decode(source.get("bytes", "")).decode(errors="replace")
        return f'<passage title="{part["document"].get("name", "document")}">{content}</passage>'
    return ""


def _tool(spec: Json) -> Tool:
    return Tool(spec["name"], spec.get("description") or "", spec["inputSchema"]["json"])


def _tool_choice(choice: Json) -> ToolChoice:
    if "tool" in choice:
        return ToolChoice("tool", choice["tool"]["name"])
    return ToolChoice("any") if "any" in choice else ToolChoice()


def _output_schema(body: Json) -> Json | None:
    text_format = (body.get("outputConfig") or {}).get("textFormat") or {}
    schema = text_format.get("structure", {}).get("jsonSchema", {}).get("schema")
    if schema is not None:
        return read_output_schema(schema)
    own = (body.get("additionalModelRequestFields") or {}).get("output_config", {}).get("format", {}).get("schema")
    return None if own is None else read_output_schema(json.dumps(own))


def whole(answer: Answer, body: Json, meter: Meter) -> Json:
    content = [
        {"text": block.text}
        if isinstance(block, Text)
        else {"toolUse": {"toolUseId": block.id, "name": block.name, "input": block.input}}
        for block in answer.blocks
    ]
    response: Json = {
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": answer.end.reason,
        "usage": _usage(answer.end),
        "metrics": {"latencyMs": meter.milliseconds()},
    }
    return response | _additional_fields(body, answer.end)


# Both APIs have the same signature.
async def frames(pieces: Pieces, prompt: Prompt, body: Json, meter: Meter) -> AsyncIterator[bytes]:  # noqa: ARG001
    """messageStart; for each block its start (tool use only), deltas and stop; then messageStop and metadata."""
    index, is_open = -1, False
    async for piece in pieces:
        match piece:
            case Start():
                yield event_stream.event("messageStart", {"role": "assistant"})
            case TextDelta(text):
                if not is_open:
                    index, is_open = index + 1, True
                yield _delta(index, {"text": text})
            case CallStart(id_, name):
                if is_open:
                    yield event_stream.event("contentBlockStop", {"contentBlockIndex": index})
                index, is_open = index + 1, True
                start = {"toolUse": {"toolUseId": id_, "name": name}}
                yield event_stream.event("contentBlockStart", {"contentBlockIndex": index, "start": start})
            case CallDelta(text):
                yield _delta(index, {"toolUse": {"input": text}})
            case End():
                if is_open:
                    yield event_stream.event("contentBlockStop", {"contentBlockIndex": index})
                stop: dict[str, Any] = {"stopReason": piece.reason} | _additional_fields(body, piece)
                yield event_stream.event("messageStop", stop)
                metrics = {"latencyMs": meter.milliseconds()}
                yield event_stream.event("metadata", {"usage": _usage(piece), "metrics": metrics})


def _delta(index: int, delta: Json) -> bytes:
    return event_stream.event("contentBlockDelta", {"contentBlockIndex": index, "delta": delta})


def _usage(end: End) -> Json:
    return {
        "inputTokens": end.input_tokens,
        "outputTokens": end.output_tokens,
        "totalTokens": end.input_tokens + end.output_tokens,
    }


def _additional_fields(body: Json, end: End) -> Json:
    wanted = body.get("additionalModelResponseFieldPaths") or []
    return {"additionalModelResponseFields": {"stop_sequence": end.stop_sequence}} if "/stop_sequence" in wanted else {}
