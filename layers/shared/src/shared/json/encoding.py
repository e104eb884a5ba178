"""How values look in JSON: camelCase names, RFC 3339 times in UTC, tuples as lists, absent values as null."""

import json
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import cache
from typing import Any

from shared.time.moments import in_utc


def encode(value: object) -> str:
    """JSON text of a dataclass, or of anything made of dataclasses, times, numbers, text, lists and dicts.

    Raises ValueError for what JSON cannot carry: NaN, infinities and lone surrogates.
    """
    text = json.dumps(value, default=_plain, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    text.encode()
    return text


def rfc3339(moment: datetime) -> str:
    """`2026-02-03T04:05:06.789Z`: milliseconds, always UTC. Raises ValueError as `in_utc` does."""
    return in_utc(moment).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def moment(text: str) -> datetime:
    """The time that `rfc3339` wrote, or another in any zone. Raises ValueError for what it could not write."""
    if not isinstance(text, str):
        raise ValueError("a time is text")
    parsed = datetime.fromisoformat(text)
    in_utc(parsed)
    return parsed


def _plain(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {wire_name: getattr(value, name) for name, wire_name in _wire_names(type(value))}
    if isinstance(value, datetime):
        return rfc3339(value)
    raise TypeError(f"{type(value).__name__} has no form on the wire")


@cache
def _wire_names(type_: type) -> tuple[tuple[str, str], ...]:
    return tuple((field.name, camel(field.name)) for field in fields(type_))


def camel(snake: str) -> str:
    """`user_id` → `userId`."""
    head, *tail = snake.split("_")
    return head + "".join(word.capitalize() for word in tail)
