"""Stripe's form encoding: `automatic_payment_methods[enabled]=true&expand[0]=latest_charge&metadata[order]=7`."""

import re
from collections.abc import Mapping, Set
from typing import Any
from urllib.parse import parse_qsl

from local.payments.errors import Json, Refusal

_NAME = re.compile(r"(?P<first>[^\[\]]+)(?P<rest>(?:\[[^\[\]]*\])*)")


def parse(encoded: str) -> Json:
    """Nested dicts of strings; lists for members without names, or with numbers. Raises Refusal."""
    found: Json = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True):
        match = _NAME.fullmatch(name)
        if not match:
            raise Refusal(f"Invalid parameter name: {name}", param=name)
        path = [match["first"], *re.findall(r"\[([^\[\]]*)\]", match["rest"])]
        _put(found, path, value)
    return {name: _with_lists(value) for name, value in found.items()}


def _put(target: Json, path: list[str], value: str) -> None:
    for name in path[:-1]:
        target = target.setdefault(name or str(len(target)), {})
        if not isinstance(target, dict):
            raise Refusal("Invalid hash", param=path[0])
    target[path[-1] or str(len(target))] = value


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    members = {name: _with_lists(member) for name, member in value.items()}
    return list(members.values()) if members and all(name.isdigit() for name in members) else members


class Parameters:
    """What a request sends. Every read checks the type; `refuse_others` names what nobody has read."""

    def __init__(self, sent: Mapping[str, Any]) -> None:
        self._sent, self._read = dict(sent), set[str]()

    def text(self, name: str, default: str = "", *, choices: Set[str] | None = None) -> str:
        value = self._take(name, default)
        if not isinstance(value, str):
            raise Refusal(f"Invalid string: {value}", param=name)
        if choices is not None and value and value not in choices:
            raise Refusal(f"Invalid {name}: must be one of {' or '.join(sorted(choices))}", param=name)
        return value

    def required(self, name: str) -> str:
        if not (value := self.text(name)):
            raise Refusal(f"Missing required param: {name}.", code="parameter_missing", param=name)
        return value

    def whole(self, name: str, default: int | None = None) -> int | None:
        value = self._take(name, None)
        if value is None:
            return default
        if not re.fullmatch(r"-?\d{1,18}", str(value)):
            raise Refusal(f"Invalid integer: {value}", code="parameter_invalid_integer", param=name)
        return int(value)

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self._take(name, "true" if default else "false")
        if value not in {"true", "false"}:
            raise Refusal(f"Invalid boolean: {value}", param=name)
        return bool(value == "true")

    def texts(self, name: str) -> list[str]:
        value = self._take(name, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise Refusal("Invalid array", param=name)
        return value

    def members(self, name: str) -> dict[str, Any]:
        value = self._take(name, {})
        if value == "":
            return {}
        if not isinstance(value, dict):
            raise Refusal("Invalid object", param=name)
        return value

    def refuse_others(self) -> None:
        """Raises Refusal for parameters that Stripe, too, does not know for this request."""
        for name in self._sent.keys() - self._read:
            raise Refusal(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)

    def _take(self, name: str, default: Any) -> Any:
        self._read.add(name)
        return self._sent.get(name, default)
