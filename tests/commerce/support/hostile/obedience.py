"""Models and assistants for the proof: one obeys whatever order reaches it, the other keeps nothing apart."""

import html
import json
from collections.abc import Generator, Sequence

from commerce.support.adapters.assistant import ModelAssistant
from commerce.support.domain.assistant import Decision, Step, Turn
from commerce.support.domain.tools import Finding
from local.model.answers import write
from local.model.prompt import Prompt, Text, Tool, ToolResult
from local.model.prompt import ToolCall as Call
from local.model.prompt import Turn as Said
from shared.models.model import Message, ModelAnswer, ModelPiece, ModelRequest, ToolCall, Usage
from shared.resilience.deadline import Deadline
from tests.commerce.support.hostile.texts import Hostile


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


class NaiveAssistant(ModelAssistant):
    """One loop, as such chats are usually made: whoever has the tools also reads what they find."""

    def decide(
        self, question: str, turns: Sequence[Turn], steps: Sequence[Step], deadline: Deadline
    ) -> Generator[str | Decision]:
        read = [Turn(turn.input, turn.answer, turn.answer) for turn in turns]
        whole = [Step(tuple((call, _whole(finding)) for call, finding in step.done)) for step in steps]
        return super().decide(question, read, whole, deadline)


def shown(request: ModelRequest) -> str:
    """Everything that the model reads."""
    texts = [request.system]
    for message in request.messages:
        texts += [message.text, *(result.text for result in message.tool_results)]
        texts += [json.dumps(call.input, ensure_ascii=False) for call in message.tool_calls]
    return "\n".join(texts)


def _whole(finding: Finding) -> Finding:
    passages = "\n".join(f"{passage.title}: {passage.text}" for passage in finding.passages)
    return Finding(f"{finding.outline}\n{passages}")


def _plain(text: str) -> str:
    return " ".join(html.unescape(text).split())


def _prompt(request: ModelRequest) -> Prompt:
    tools = tuple(Tool(tool.name, tool.description, dict(tool.schema)) for tool in request.tools)
    turns = tuple(_said(message) for message in request.messages)
    return Prompt("model", turns, 1024, request.system, tools=tools)


def _said(message: Message) -> Said:
    results = [ToolResult(result.call_id, result.text) for result in message.tool_results]
    calls = [Call(call.call_id, call.name, call.input) for call in message.tool_calls]
    return Said(message.role, (*results, *([Text(message.text)] if message.text else []), *calls))
