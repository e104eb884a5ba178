"""A model for the proof: it obeys whatever order reaches it."""

import html
import json
from collections.abc import Generator

from local.model.answers import write
from local.model.prompt import Prompt, Text, Tool, ToolResult
from local.model.prompt import ToolCall as Call
from local.model.prompt import Turn as Said
from shared.models.model import Message, ModelAnswer, ModelPiece, ModelRequest, ToolCall, Usage
from tests.shared.hostile.texts import Hostile


class ObedientModel:
    """Understands the hostile text however it is spelled, and obeys it wherever it reads it: once in an answer.

    It calls what the text demands, whether it was given that tool or not. Otherwise it is the stand-in for Bedrock.
    """

    attempt_seconds = idle_seconds = 1.0

    def __init__(self, hostile: Hostile | None) -> None:
        self._hostile, self._has_obeyed = hostile, False
        self.requests: list[ModelRequest] = []

    def converse(self, request: ModelRequest) -> ModelAnswer:
        *_, answer = self.stream(request)
        assert isinstance(answer, ModelAnswer)
        return answer

    def stream(self, request: ModelRequest) -> Generator[ModelPiece]:
        self.requests.append(request)
        if self._hostile and not self._has_obeyed and _plain(self._hostile.text) in _plain(shown(request)):
            self._has_obeyed = bool(request.tools)
            text = f"As you wish. {self._hostile.text}"
            yield text
            yield ModelAnswer(text, Usage(1, 1), (self._hostile.demand.call,))
            return
        draft = write(_prompt(request))
        calls = tuple(ToolCall(call.id, call.name, call.input) for call in draft.calls)
        if draft.text:
            yield draft.text
        yield ModelAnswer(draft.text, Usage(1, 1), calls)


def shown(request: ModelRequest) -> str:
    """Everything that the model reads."""
    texts = [request.system]
    for message in request.messages:
        texts += [message.text, *(result.text for result in message.tool_results)]
        texts += [json.dumps(call.input, ensure_ascii=False) for call in message.tool_calls]
    return "\n".join(texts)


def _plain(text: str) -> str:
    return " ".join(html.unescape(text).split())


def _prompt(request: ModelRequest) -> Prompt:
    tools = tuple(Tool(tool.name, tool.description, dict(tool.schema)) for tool in request.tools)
    turns = tuple(_said(message) for message in request.messages)
    schema = None if request.answer_schema is None else dict(request.answer_schema)
    return Prompt("model", turns, 1024, request.system, tools=tools, output_schema=schema)


def _said(message: Message) -> Said:
    results = [ToolResult(result.call_id, result.text) for result in message.tool_results]
    calls = [Call(call.call_id, call.name, call.input) for call in message.tool_calls]
    return Said(message.role, (*results, *([Text(message.text)] if message.text else []), *calls))
