"""Rules that make the stand-in slow, busy, broken or gullible for requests whose text contains `match`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local.model.errors import (
    ApiError,
    ConnectionCut,
    InternalServerException,
    ModelErrorException,
    ModelStreamErrorException,
    ModelTimeoutException,
    ServiceUnavailableException,
    ThrottlingException,
)
from local.model.prompt import Json


class UnknownSetting(Exception):
    """A rule is invalid; the message says why."""


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _count(value: object) -> bool:
    return value is True or (isinstance(value, int) and value >= 0)


BREAKS: dict[str, ApiError] = {
    "modelStreamErrorException": ModelStreamErrorException("The model stopped in the middle of its answer."),
    "throttlingException": ThrottlingException("Too many tokens, please wait before trying again."),
    "serviceUnavailableException": ServiceUnavailableException("Bedrock is unable to process your request."),
    "internalServerException": InternalServerException("The system encountered an unexpected error during processing."),
    "cut": ConnectionCut("The connection was cut."),
}

_FAILURES: dict[str, ApiError] = {
    "throttle": ThrottlingException("Too many requests, please wait before trying again."),
    "unavailable": ServiceUnavailableException("Bedrock is unable to process your request."),
    "modelError": ModelErrorException("The model returned an unexpected error."),
    "modelTimeout": ModelTimeoutException("Model has timed out in processing the request. Try your request again."),
}

_SETTINGS: dict[str, Callable[[object], bool]] = {
    "match": lambda value: isinstance(value, str),
    "tokensPerSecond": _number,
    "firstTokenDelaySeconds": _number,
    "nonStreamingSecondsAtMost": _number,
    "throttle": _count,
    "unavailable": _count,
    "modelError": _count,
    "modelTimeout": _count,
    "breakAfterTokens": _count,
    "breakWith": lambda value: value in BREAKS,
    "malformedToolInput": _count,
    "obeyInjections": lambda value: isinstance(value, bool),
    "answers": lambda value: isinstance(value, list) and all(isinstance(answer, str | dict) for answer in value),
}


@dataclass(frozen=True)
class Behaviour:
    """The rules that apply to a request, the most specific first."""

    rules: tuple[Json, ...]

    def get(self, name: str, default: Any = None) -> Any:
        return next((rule[name] for rule in self.rules if name in rule), default)

    def take(self, name: str) -> bool:
        """Whether this failure is due; a number counts down, `true` applies to all requests."""
        for rule in self.rules:
            left = rule.get(name, 0)
            if left:
                if left is not True:
                    rule[name] = left - 1
                return True
        return False

    def next_answer(self) -> str | Json | None:
        """The next canned answer: a text or {"text": …, "toolCalls": [{"name": …, "input": {…}}]}."""
        for rule in self.rules:
            if rule.get("answers"):
                answer: str | Json = rule["answers"].pop(0)
                return answer
        return None

    def raise_failure(self) -> None:
        for name, error in _FAILURES.items():
            if self.take(name):
                raise type(error)(str(error))

    def break_error(self) -> ApiError:
        error = BREAKS[self.get("breakWith", "modelStreamErrorException")]
        return type(error)(str(error))


class Behaviours:
    def __init__(self) -> None:
        self._rules: dict[str, Json] = {}

    def put(self, rule: object) -> None:
        """Set the rule for `match` ("" matches all requests). Raises UnknownSetting."""
        if not isinstance(rule, dict):
            raise UnknownSetting("A behaviour is a JSON object.")
        for name, value in rule.items():
            if name not in _SETTINGS:
                raise UnknownSetting(f"{name} is unknown. Known are: {', '.join(_SETTINGS)}.")
            if not _SETTINGS[name](value):
                raise UnknownSetting(f"{name} cannot be {value!r}.")
        self._rules[rule.get("match", "")] = rule

    def forget(self, match: str | None) -> None:
        """Delete one rule, or all."""
        if match is None:
            self._rules.clear()
        else:
            self._rules.pop(match, None)

    def all(self) -> list[Json]:
        return list(self._rules.values())

    def of(self, text: str) -> Behaviour:
        matching = [rule for match, rule in self._rules.items() if match in text]
        return Behaviour(tuple(sorted(matching, key=lambda rule: -len(rule.get("match", "")))))
