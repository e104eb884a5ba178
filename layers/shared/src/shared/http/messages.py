"""What is wrong with a field and what to send instead, in the words of whoever reads an API and not of pydantic."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

type Limits = Mapping[str, Any]
"""The rules that a value has broken, by pydantic's names. A `tag` among them is the value itself."""

_OF_A_TAG = frozenset({"union_tag_not_found", "union_tag_invalid"})
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
    "union_tag_not_found": "is required",
}
_DATE_TIME = "must be a date and time with its zone, such as 2026-02-03T04:05:06Z"


def location_of(error: "ErrorDetails") -> tuple[int | str, ...]:
    """Where the error is: of an object whose kind is unknown, where it names its kind."""
    if error["type"] in _OF_A_TAG:
        return *error["loc"], str(error["ctx"]["discriminator"]).strip("'")
    return error["loc"]


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


def _one_of(expected: str) -> str:
    """pydantic lists `'red', 'green' or 'blue'`, and booleans as Python has them."""
    choices = expected.replace("'", "").replace(" or ", ", ").replace("True", "true").replace("False", "false")
    return f"must be one of {choices}" if ", " in choices else f"must be {choices}"


def _number(limit: float) -> str:
    return f"{limit:,}" if isinstance(limit, int) else f"{limit:g}"


def _length(limits: Limits, unit: str) -> str:
    if limits.get("min_length") == 1:
        return "must not be empty"
    bound, number = ("least", limits["min_length"]) if "min_length" in limits else ("most", limits["max_length"])
    return f"must have at {bound} {number:,} {unit}{'' if number == 1 else 's'}"


def _items(limits: Limits) -> str:
    return _length(limits, "field" if limits.get("field_type") == "Dictionary" else "item")


_LIMITED: Mapping[str, Callable[[Limits], str]] = {
    "greater_than_equal": lambda limits: f"must be at least {_number(limits['ge'])}",
    "less_than_equal": lambda limits: f"must be at most {_number(limits['le'])}",
    "greater_than": lambda limits: f"must be greater than {_number(limits['gt'])}",
    "less_than": lambda limits: f"must be less than {_number(limits['lt'])}",
    "literal_error": lambda limits: _one_of(limits["expected"]),
    "enum": lambda limits: _one_of(limits["expected"]),
    "union_tag_invalid": lambda limits: _one_of(limits["expected_tags"]),
    "string_too_short": lambda limits: _length(limits, "character"),
    "string_too_long": lambda limits: _length(limits, "character"),
    "too_short": _items,
    "too_long": _items,
}
