"""What is wrong with a field and what to send instead, in the words of whoever reads an API and not of pydantic."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

type Limits = Mapping[str, Any]
"""The rules that a value has broken, by pydantic's names. A `tag` among them is the value itself."""

_FIXED: Mapping[str, str] = {
    "missing": "is required",
    "extra_forbidden": "is not a field of this request: leave it out",
    "string_type": "must be a string",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "finite_number": "must be a number",
    "list_type": "must be an array",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "timezone_aware": "must have a time zone, as in 2026-02-03T04:05:06Z",
}
_DATE_TIME = "must be a date and time with its zone, such as 2026-02-03T04:05:06Z"


def message_of(error: "ErrorDetails") -> str:
    """`must be a whole number`: it continues the name of the field. It never repeats a value."""
    kind, limits = error["type"], error.get("ctx", {})
    if kind in _FIXED:
        return _FIXED[kind]
    if kind in _LIMITED:
        return _LIMITED[kind](limits)
    if kind.startswith("datetime_"):
        return _DATE_TIME
    return error["msg"].removeprefix("Value error, ")


def _at_least(limits: Limits) -> str:
    return f"must be at least {limits['ge']}"


def _at_most(limits: Limits) -> str:
    return f"must be at most {limits['le']}"


def _one_of(limits: Limits) -> str:
    expected = str(limits["expected"])
    return f"must be one of {expected}" if " or " in expected else f"must be {expected}"


def _characters(limits: Limits) -> str:
    if limits.get("min_length") == 1:
        return "must not be empty"
    if "min_length" in limits:
        return f"must have at least {limits['min_length']} characters"
    return f"must have at most {limits['max_length']} characters"


def _items(limits: Limits) -> str:
    what = "fields" if limits.get("field_type") == "Dictionary" else "items"
    if limits.get("min_length") == 1:
        return "must not be empty"
    if "min_length" in limits:
        return f"must have at least {limits['min_length']} {what}"
    return f"must have at most {limits['max_length']} {what}"


_LIMITED: Mapping[str, Callable[[Limits], str]] = {
    "greater_than_equal": _at_least,
    "less_than_equal": _at_most,
    "greater_than": lambda limits: f"must be greater than {limits['gt']}",
    "less_than": lambda limits: f"must be less than {limits['lt']}",
    "literal_error": _one_of,
    "enum": _one_of,
    "string_too_short": _characters,
    "string_too_long": _characters,
    "string_pattern_mismatch": lambda limits: f"must match {limits['pattern']}",
    "too_short": _items,
    "too_long": _items,
    "union_tag_not_found": lambda limits: f"must have a {limits['discriminator']}",
    "union_tag_invalid": lambda limits: f"must have a {limits['discriminator']} of {limits['expected_tags']}",
}
