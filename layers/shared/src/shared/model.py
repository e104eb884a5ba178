"""A language model as the platform's rules see it, and how patiently it is asked.

Who speaks to Bedrock is `shared.bedrock`; here is no SDK.
"""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from shared.circuit import CircuitBreaker
from shared.deadline import Deadline
from shared.errors import Unavailable


@dataclass(frozen=True, slots=True)
class Message:
    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Tool:
    """Something the model may call; `schema` is the JSON schema of its input."""

    name: str
    description: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """`messages` alternate, and begin and end with the user's."""

    system: str
    messages: tuple[Message, ...]
    tools: tuple[Tool, ...] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """In tokens."""

    input_tokens: int
    output_tokens: int


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """What the model said, and the inputs of the tools that it called, by tool; unchecked."""

    text: str
    usage: Usage
    tool_inputs: Mapping[str, object] = field(default_factory=dict)


class ModelBusy(Unavailable):
    """The model did not answer: throttled, overloaded, too slow or out of reach. Asking again may help."""

    def __init__(self) -> None:
        super().__init__("The assistant is busy; try again in a moment.", retry_after_seconds=5)


class Model(Protocol):
    attempt_seconds: float
    """The longest that one attempt takes."""

    def converse(self, request: ModelRequest) -> ModelAnswer:
        """Ask once. Raises ModelBusy."""
        ...


class PatientModel:
    """Asks again, with jittered backoff, while another attempt fits before the deadline; not while it is hopeless."""

    def __init__(
        self,
        model: Model,
        breaker: CircuitBreaker,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._model, self._breaker, self._sleep, self._jitter = model, breaker, sleep, jitter

    def converse(self, request: ModelRequest, deadline: Deadline) -> ModelAnswer:
        """Raises ModelBusy when no time is left for another attempt, Unavailable while the breaker is open."""
        longest_wait = 0.25
        if deadline.remaining_seconds < self._model.attempt_seconds:
            raise ModelBusy
        while True:
            try:
                with self._breaker.guard(counts=(ModelBusy,)):
                    return self._model.converse(request)
            except ModelBusy:
                wait = self._jitter(0, longest_wait)
                if deadline.remaining_seconds < wait + self._model.attempt_seconds:
                    raise
                self._sleep(wait)
                longest_wait = min(2 * longest_wait, 4.0)
