"""Asks a model on Amazon Bedrock through the Converse API, in one answer or in a stream."""

import json
import time
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from botocore.exceptions import ClientError, EventStreamError

from shared.aws.clients import client
from shared.aws.failures import code, unavailable_where_out_of_reach
from shared.errors import Unavailable
from shared.models.model import (
    Inference,
    Message,
    ModelAnswer,
    ModelBusy,
    ModelNotEnabled,
    ModelPiece,
    ModelRequest,
    Tool,
    ToolCall,
    Usage,
)
from shared.observability.logs import logger
from shared.observability.metrics import MODEL_CALLS, MODEL_OUTCOMES
from shared.resilience.interruption import is_interrupted

if TYPE_CHECKING:
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient

# Beside the refusals of every busy service: the model's own, for which others than 429 and 5xx are used.
_BUSY = frozenset({"ModelErrorException", "ModelTimeoutException"})
_INVALID_WITHIN_A_STREAM = "validationException"  # all else that breaks off a stream may be well in a moment

# Refusals of every call until an administrator has enabled the model, or the stack is deployed with another id of it.
_NOT_ENABLED = frozenset({"AccessDeniedException", "ResourceNotFoundException"})
_NOT_ENABLED_MESSAGES = (
    "on-demand throughput",  # the model's own id, where it can only be called by an inference profile
    "model identifier is invalid",  # another geography's profile
    "use case details",  # Anthropic's form has not been submitted
    "use-case form",
    "Operation not allowed",  # the account has no quota for the model yet
)
_WHAT_TO_DO = "docs/deploy.md, Amazon Bedrock"

type Sampling = Literal["none", "one", "both"]
"""Which of temperature and top_p a model takes; of `one`, it is given the temperature where both are chosen."""


class BedrockModel:
    """One model, by id or inference profile, with the parameters that a request may replace.

    `attempt_seconds` is for an answer in one piece; a stream may be silent for `idle_seconds`. Claude 4 takes `one` of
    the sampling parameters, Claude 5 and later none.
    """

    def __init__(
        self,
        model_id: str,
        *,
        max_tokens: int,
        attempt_seconds: float,
        temperature: float | None = None,
        top_p: float | None = None,
        sampling: Sampling = "both",
        idle_seconds: float = 30,
    ) -> None:
        self.attempt_seconds, self.idle_seconds = attempt_seconds, idle_seconds
        self._model_id, self._sampling = model_id, sampling
        self._inference = Inference(max_tokens, temperature, top_p)
        # Only shared.models.model.RetryingModel retries.
        self._whole: BedrockRuntimeClient = client("bedrock-runtime", read_seconds=attempt_seconds - 1, attempts=1)
        self._streamed: BedrockRuntimeClient = client("bedrock-runtime", read_seconds=idle_seconds, attempts=1)

    def converse(self, request: ModelRequest) -> ModelAnswer:
        with self._measured("converse") as call, self._enabled(), _busy_where_it_helps_to_ask_again():
            call.answer = _answer(self._whole.converse(**self._request(request)))
            return call.answer

    def stream(self, request: ModelRequest) -> Generator[ModelPiece]:
        with self._measured("stream") as call, self._enabled(), _busy_where_it_helps_to_ask_again():
            answer = self._streamed.converse_stream(**self._request(request))
            with closing(answer["stream"]) as events:
                for piece in _pieces(events):
                    call.came(piece)
                    yield piece

    def _request(self, request: ModelRequest) -> dict[str, Any]:
        return {
            "modelId": self._model_id,
            "system": [{"text": request.system}],
            "messages": [{"role": message.role, "content": _content(message)} for message in request.messages],
            "inferenceConfig": self._inference_config(request.inference),
            **_tool_config(request.tools),
            **_output_config(request.answer_schema),
        }

    def _inference_config(self, requested: Inference) -> dict[str, float]:
        chosen = self._inference.replaced_by(requested)
        temperature, top_p = chosen.temperature, chosen.top_p
        if self._sampling == "none":
            temperature = top_p = None
        if self._sampling == "one" and temperature is not None:
            top_p = None
        config = {"maxTokens": chosen.max_tokens, "temperature": temperature, "topP": top_p}
        return {name: value for name, value in config.items() if value is not None}

    @contextmanager
    def _enabled(self) -> Iterator[None]:
        """Raises ModelNotEnabled, and logs Bedrock's reason for whoever runs the platform."""
        try:
            yield
        except ClientError as error:
            if not _is_not_enabled(error):
                raise
            details = {"model": self._model_id, "code": code(error), "reason": _message(error), "see": _WHAT_TO_DO}
            logger.error("model not enabled", extra=details)
            raise ModelNotEnabled from error

    @contextmanager
    def _measured(self, operation: str) -> Iterator["_Call"]:
        """Log how the call went, and nothing of what was said."""
        call = _Call()
        outcome = "answered"
        try:
            yield call
        except GeneratorExit:
            outcome = "left"
            raise
        except Exception as error:
            outcome = "left" if is_interrupted() else _reason(error)
            raise
        finally:
            metrics = MODEL_CALLS.line(self._model_id, operation, **call.measured())
            logger.info("model called", extra={"outcome": outcome, **metrics})
            logger.info("model outcome", extra=MODEL_OUTCOMES.line(self._model_id, outcome, calls=1))


@dataclass(slots=True)
class _Call:
    """One call's course."""

    started: float = field(default_factory=time.perf_counter)
    first_piece_ms: float | None = None
    answer: ModelAnswer | None = None

    def came(self, piece: ModelPiece) -> None:
        if self.first_piece_ms is None:
            self.first_piece_ms = self._elapsed_ms()
        if isinstance(piece, ModelAnswer):
            self.answer = piece

    def measured(self) -> dict[str, float]:
        measured = {"durationMs": self._elapsed_ms()}
        if self.first_piece_ms is not None:
            measured["firstPieceMs"] = self.first_piece_ms
        if self.answer:
            usage = self.answer.usage
            measured |= {"inputTokens": usage.input_tokens, "outputTokens": usage.output_tokens}
        return measured

    def _elapsed_ms(self) -> float:
        return round((time.perf_counter() - self.started) * 1000, 1)


class Unfinished(Exception):
    """The stream ended before the answer did."""


@contextmanager
def _busy_where_it_helps_to_ask_again() -> Iterator[None]:
    """What something between us and Bedrock answers, and is not Converse's, does not last either."""
    try:
        with unavailable_where_out_of_reach():
            yield
    except (Unavailable, Unfinished, AttributeError, KeyError, TypeError, ValueError) as error:
        if is_interrupted():  # the model is well
            raise Unavailable("The answer is not wanted any more.") from error
        raise ModelBusy from error
    except EventStreamError as error:
        if code(error) == _INVALID_WITHIN_A_STREAM:
            raise
        raise ModelBusy from error
    except ClientError as error:
        if code(error) in _BUSY:
            raise ModelBusy from error
        raise


def _is_not_enabled(error: ClientError) -> bool:
    return code(error) in _NOT_ENABLED or any(each in _message(error) for each in _NOT_ENABLED_MESSAGES)


def _message(error: ClientError) -> str:
    """Bedrock's, which names models and roles, and quotes nothing of what was said."""
    return str(error.response.get("Error", {}).get("Message", ""))


def _reason(error: BaseException) -> str:
    """What to call a failure in logs: Bedrock's own name for it, where it gave one, also in the middle of a stream."""
    while isinstance(error, Unavailable) and error.__cause__:
        error = error.__cause__
    if not isinstance(error, ClientError):
        return type(error).__name__
    name = code(error)  # of events it begins with a small letter
    return f"{name[:1].upper()}{name[1:]}"


def _content(message: Message) -> list[dict[str, Any]]:
    """Results come before words, and words before calls, as the models want them."""
    results = [
        {"toolResult": {"toolUseId": result.call_id, "content": [{"text": result.text}] if result.text.strip() else []}}
        for result in message.tool_results
    ]
    text = [{"text": message.text}] if message.text else []
    calls = [{"toolUse": {"toolUseId": c.call_id, "name": c.name, "input": c.input}} for c in message.tool_calls]
    return [*results, *text, *calls]


def _tool_config(tools: tuple[Tool, ...]) -> dict[str, Any]:
    if not tools:
        return {}
    specs = [
        {"toolSpec": {"name": t.name, "description": t.description, "inputSchema": {"json": t.schema}}} for t in tools
    ]
    return {"toolConfig": {"tools": specs, "toolChoice": {"auto": {}}}}


def _output_config(schema: Mapping[str, Any] | None) -> dict[str, Any]:
    if schema is None:
        return {}
    structure = {"jsonSchema": {"name": "answer", "schema": json.dumps(schema)}}
    return {"outputConfig": {"textFormat": {"type": "json_schema", "structure": structure}}}


def _answer(answer: Mapping[str, Any]) -> ModelAnswer:
    blocks = answer["output"]["message"]["content"]
    calls = [block["toolUse"] for block in blocks if "toolUse" in block]
    return ModelAnswer(
        text=_storable("".join(block["text"] for block in blocks if "text" in block)).strip(),
        usage=_usage(answer),
        tool_calls=tuple(ToolCall(call["toolUseId"], call["name"], call.get("input")) for call in calls),
        is_cut_short=answer.get("stopReason") == "max_tokens",
    )


def _usage(answer: Mapping[str, Any]) -> Usage:
    return Usage(int(answer["usage"]["inputTokens"]), int(answer["usage"]["outputTokens"]))


def _pieces(stream: Iterable[Mapping[str, Any]]) -> Iterator[ModelPiece]:
    """Text as it comes, then the answer. Raises Unfinished, KeyError and the like."""
    texts: list[str] = []
    tools: dict[int, tuple[str, str]] = {}
    inputs: dict[int, list[str]] = {}
    stop_reason, usage = "", None
    for event in stream:
        match event:
            case {"contentBlockStart": {"contentBlockIndex": index, "start": {"toolUse": call}}}:
                tools[index], inputs[index] = (call["toolUseId"], call["name"]), []
            case {"contentBlockDelta": {"contentBlockIndex": index, "delta": {"toolUse": call}}}:
                inputs[index].append(call["input"])
            case {"contentBlockDelta": block} if text := _storable(block["delta"].get("text", "")):
                texts.append(text)
                yield text
            case {"messageStop": stop}:
                stop_reason = stop["stopReason"]
            case {"metadata": metadata}:
                usage = _usage(metadata)
    if not stop_reason or usage is None:
        raise Unfinished
    yield ModelAnswer(
        text="".join(texts).strip(),
        usage=usage,
        tool_calls=tuple(ToolCall(*tool, _tool_input("".join(inputs[index]))) for index, tool in tools.items()),
        is_cut_short=stop_reason == "max_tokens",
    )


def _storable(text: str) -> str:
    """With question marks for halves of surrogate pairs, which nobody could store or show."""
    return text.encode(errors="replace").decode()


def _tool_input(text: str) -> object:
    """What the model wrote, as text if it is not JSON: the caller checks it."""
    try:
        return json.loads(text or "{}")
    except ValueError:
        return text
