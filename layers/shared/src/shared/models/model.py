"""Language models as the domain knows them, and when to ask one again. `shared.models.bedrock` speaks to Bedrock."""

import random
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from shared.errors import Unavailable
from shared.resilience.backoff import Backoff
from shared.resilience.circuit import CircuitBreaker
from shared.resilience.deadline import Deadline


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call that the model makes of a tool; `call_id` and `input` are the model's own, not validated."""

    call_id: str
    name: str
    input: Any


@dataclass(frozen=True, slots=True)
class ToolResult:
    call_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Message:
    """Text, and where tools are involved the assistant's calls or the user's results."""

    role: Literal["user", "assistant"]
    text: str
    tool_calls: tuple[ToolCall, ...] = ()
    tool_results: tuple[ToolResult, ...] = ()


@dataclass(frozen=True, slots=True)
class Tool:
    """Something the model may call; `schema` is the JSON schema of its input."""

    name: str
    description: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Inference:
    """Sampling and length; None leaves a parameter as it is. A parameter that the model does not take is not sent."""

    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None

    def replaced_by(self, other: "Inference") -> "Inference":
        """These parameters, except for those that the other sets."""
        return Inference(
            self.max_tokens if other.max_tokens is None else other.max_tokens,
            self.temperature if other.temperature is None else other.temperature,
            self.top_p if other.top_p is None else other.top_p,
        )


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """`messages` alternate, and begin and end with the user's: `shared.models.transcripts` makes them so.

    `answer_schema` is the JSON schema of an answer that is JSON, whose objects are all closed; only models that can be
    bound to one take it, and an answer that was cut short does not match it.
    """

    system: str
    messages: tuple[Message, ...]
    tools: tuple[Tool, ...] = ()
    inference: Inference = Inference()
    answer_schema: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """In tokens."""

    input_tokens: int
    output_tokens: int


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """What the model said, and the calls of tools that it made.

    `is_cut_short` where it ran into the limit on output tokens.
    """

    text: str
    usage: Usage
    tool_calls: tuple[ToolCall, ...] = ()
    is_cut_short: bool = False


type ModelPiece = str | ModelAnswer
"""Of a stream: text as the model says it, never empty, and at the end the whole answer."""


class ModelBusy(Unavailable):
    """The model did not answer: throttled, overloaded, too slow or out of reach. Another attempt may succeed."""

    def __init__(self) -> None:
        super().__init__("The assistant is busy; try again in a moment.", retry_after_seconds=5)


class ModelNotEnabled(Unavailable):
    """The account may not call the model (yet), or not by this id: only an administrator can change that."""

    def __init__(self) -> None:
        super().__init__("The assistant is not available; try again later.", retry_after_seconds=120)


class StreamBroken(Unavailable):
    """The stream broke off in the middle of an answer: what was said can be kept, and another attempt starts anew."""

    def __init__(self) -> None:
        super().__init__("The assistant broke off in the middle of its answer; ask again.", retry_after_seconds=5)


class Model(Protocol):
    attempt_seconds: float
    """The longest that one attempt takes, where it is answered in one piece."""
    idle_seconds: float
    """The longest wait for a stream's next piece."""

    def converse(self, request: ModelRequest) -> ModelAnswer:
        """Ask once. Raises ModelBusy, ModelNotEnabled."""
        ...

    def stream(self, request: ModelRequest) -> Generator[ModelPiece]:
        """Ask once; closing it closes the connection. Raises ModelNotEnabled; ModelBusy, also after some pieces."""
        ...


class RetryingModel:
    """Retries with jittered back-off, as long as another attempt fits before the deadline and the breaker is closed."""

    def __init__(
        self,
        model: Model,
        breaker: CircuitBreaker,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._model, self._breaker, self._sleep, self._jitter = model, breaker, sleep, jitter

    def converse(self, request: ModelRequest, deadline: Deadline) -> ModelAnswer:
        """Raises ModelBusy when no time is left for another attempt; ModelNotEnabled; Unavailable while the breaker is
        open.
        """
        return self._retried(lambda: self._model.converse(request), self._model.attempt_seconds, deadline)

    def stream(self, request: ModelRequest, deadline: Deadline) -> Generator[ModelPiece]:
        """Pieces as they come, the answer last; closing it closes the model's stream.

        Retries before the first piece only. Raises as `converse` does until then; StreamBroken where the stream breaks
        off afterwards, or goes on after the deadline.
        """
        idle_seconds = self._model.idle_seconds
        piece, rest = self._retried(lambda: _begun(self._model.stream(request)), idle_seconds, deadline)
        try:
            yield piece
            for piece in rest:
                if isinstance(piece, str) and not deadline.remaining_seconds:
                    raise StreamBroken
                yield piece
        except ModelBusy as error:
            raise StreamBroken from error
        finally:
            rest.close()

    def _retried[T](self, attempt: Callable[[], T], attempt_seconds: float, deadline: Deadline) -> T:
        backoff = Backoff(0.25, 4.0, jitter=self._jitter)
        if deadline.remaining_seconds < attempt_seconds:
            raise ModelBusy
        while True:
            try:
                with self._breaker.guard(counts=(ModelBusy,)):
                    return attempt()
            except ModelBusy:
                wait = backoff.next_seconds()
                if deadline.remaining_seconds < wait + attempt_seconds:
                    raise
                self._sleep(wait)


def _begun(stream: Generator[ModelPiece]) -> tuple[ModelPiece, Generator[ModelPiece]]:
    """A stream's first piece, and the rest: before the first piece the model has not answered."""
    try:
        return next(stream), stream
    except StopIteration as error:
        raise ModelBusy from error
