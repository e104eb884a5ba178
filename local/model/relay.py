"""Relays prompts to an OpenAI-compatible server (Ollama, llama.cpp, vLLM, LM Studio …) and streams its answers."""

import json
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from local.model import upstream
from local.model.errors import (
    ModelErrorException,
    ModelStreamErrorException,
    ServiceUnavailableException,
    ThrottlingException,
    ValidationException,
)
from local.model.prompt import (
    CallDelta,
    CallStart,
    End,
    Json,
    Pieces,
    Prompt,
    Start,
    StopReason,
    Text,
    TextDelta,
    ToolCall,
    ToolResult,
    Turn,
)
from local.model.tokens import count_tokens

_PATH = "/chat/completions"
_REASONS: dict[str, StopReason] = {
    "stop": "end_turn",
    "tool_calls": "tool_use",
    "function_call": "tool_use",
    "length": "max_tokens",
    "content_filter": "content_filtered",
}


@dataclass(frozen=True)
class Relay:
    """`url` is the server's base URL, with or without /v1; by default, the first model that it lists is used."""

    url: str
    model_name: str = ""
    api_key: str = ""

    @property
    def base(self) -> str:
        base = self.url.rstrip("/").removesuffix(_PATH)
        return base if base.rsplit("/", 1)[-1].startswith("v") else f"{base}/v1"

    async def pieces(self, prompt: Prompt, max_tokens: int | None) -> Pieces:
        """Raises an ApiError before the first piece if the server refuses, and later if it disconnects."""
        body = _request(prompt, self.model_name or await self._first_model(), max_tokens)
        headers = self._headers() | {"content-type": "application/json", "accept": "text/event-stream"}
        async with upstream.request("POST", self.base + _PATH, headers, json.dumps(body).encode()) as response:
            if response.status >= 400:
                raise _refusal(response.status, await response.text())
            async for piece in _Translation(prompt).pieces(_events(response.parts)):
                yield piece

    async def _first_model(self) -> str:
        async with upstream.request("GET", f"{self.base}/models", self._headers()) as response:
            text = await response.text()
        try:
            return str(json.loads(text)["data"][0]["id"])
        except (ValueError, LookupError, TypeError) as error:
            raise ModelErrorException(f"{self.base}/models lists no model; name one with MODEL_NAME") from error

    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.api_key}"} if self.api_key else {}


def _request(prompt: Prompt, model_name: str, max_tokens: int | None) -> Json:
    messages: list[Json] = [{"role": "system", "content": prompt.system}] if prompt.system else []
    for turn in prompt.turns:
        messages += _messages(turn)
    request: Json = {
        "model": model_name,
        "messages": messages,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    given = {"max_tokens": max_tokens, "temperature": prompt.temperature, "top_p": prompt.top_p}
    request |= {name: value for name, value in given.items() if value is not None}
    if prompt.stop_sequences:
        request["stop"] = list(prompt.stop_sequences)
    if prompt.tools:
        request["tools"] = [
            {"type": "function", "function": {"name": t.name, "description": t.description, "parameters": t.schema}}
            for t in prompt.tools
        ]
        modes: dict[str, Any] = {"auto": "auto", "any": "required", "none": "none"}
        request["tool_choice"] = modes.get(
            prompt.tool_choice.mode, {"type": "function", "function": {"name": prompt.tool_choice.name}}
        )
    if prompt.output_schema is not None:
        schema = {"name": "answer", "strict": True, "schema": prompt.output_schema}
        request["response_format"] = {"type": "json_schema", "json_schema": schema}
    return request


def _messages(turn: Turn) -> list[Json]:
    results: list[Json] = [
        {"role": "tool", "tool_call_id": block.id, "content": block.text}
        for block in turn.blocks
        if isinstance(block, ToolResult)
    ]
    calls = [
        {"id": block.id, "type": "function", "function": {"name": block.name, "arguments": json.dumps(block.input)}}
        for block in turn.blocks
        if isinstance(block, ToolCall)
    ]
    has_text = any(isinstance(block, Text) for block in turn.blocks)
    message: Json = {"role": turn.role, "content": turn.text} | ({"tool_calls": calls} if calls else {})
    return results + ([message] if has_text or calls else [])


def _refusal(status: int, text: str) -> Exception:
    try:
        error = json.loads(text)["error"]
        problem = error["message"] if isinstance(error, dict) else str(error)
    except (ValueError, LookupError, TypeError):
        problem = text[:300] or f"HTTP status {status}"
    match status:
        case 429:
            return ThrottlingException(problem)
        case 503:
            return ServiceUnavailableException(problem)
        case _ if status < 500:
            return ValidationException(f"The model returned the following errors: {problem}")
        case _:
            return ModelErrorException(problem)


async def _events(parts: AsyncIterator[bytes]) -> AsyncIterator[Json]:
    """The JSON data of server-sent events, up to [DONE]."""
    rest = b""
    async for part in parts:
        *lines, rest = (rest + part).split(b"\n")
        for line in lines:
            data = line.strip().removeprefix(b"data:").strip() if line.startswith(b"data:") else b""
            if data == b"[DONE]":
                return
            if data:
                try:
                    yield json.loads(data)
                except ValueError as error:
                    raise ModelStreamErrorException("The model sent something that is not JSON.") from error


class _Translation:
    def __init__(self, prompt: Prompt) -> None:
        self._prompt = prompt
        self._reason: StopReason | None = None
        self._usage: Json = {}
        self._output_tokens = 0
        self._call: tuple[Any, Any] | None = None
        self._made_calls = False

    async def pieces(self, events: AsyncIterator[Json]) -> Pieces:
        input_tokens = self._prompt.input_tokens()
        yield Start(input_tokens)
        async for event in events:
            if "error" in event:
                raise ModelStreamErrorException(str(event["error"]))
            self._usage = event.get("usage") or self._usage
            for choice in event.get("choices") or []:
                delta = choice.get("delta") or {}
                if delta.get("content"):
                    self._output_tokens += count_tokens(delta["content"])
                    self._call = None
                    yield TextDelta(delta["content"])
                for call in delta.get("tool_calls") or []:
                    for piece in self._call_pieces(call):
                        yield piece
                self._reason = _REASONS.get(choice.get("finish_reason") or "", self._reason)
        if self._reason is None:
            raise ModelStreamErrorException("The model's answer broke off.")
        # Some servers report "stop" after a tool call, too.
        reason = "tool_use" if self._made_calls and self._reason == "end_turn" else self._reason
        yield End(
            reason,
            self._usage.get("prompt_tokens") or input_tokens,
            self._usage.get("completion_tokens") or self._output_tokens,
        )

    def _call_pieces(self, call: Json) -> list[CallStart | CallDelta]:
        """A new index or a new id starts a new call: not all servers increment the index."""
        function = call.get("function") or {}
        pieces: list[CallStart | CallDelta] = []
        index, id_ = call.get("index", 0), call.get("id")
        if self._call is None or self._call[0] != index or (id_ and id_ != self._call[1]):
            id_ = id_ or f"tooluse_{uuid.uuid4().hex[:22]}"
            self._call, self._made_calls = (index, id_), True
            pieces.append(CallStart(id_, function.get("name") or ""))
        if function.get("arguments"):
            self._output_tokens += count_tokens(function["arguments"])
            pieces.append(CallDelta(function["arguments"]))
        return pieces
