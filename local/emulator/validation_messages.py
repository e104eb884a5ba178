"""The messages of API Gateway's validator about request bodies.

As on AWS, they name a field only if it is missing or not allowed.
"""

import json
from collections.abc import Callable, Iterable

from jsonschema import ValidationError
from ministack.services.apigateway_v1 import _JSON_TYPES as JSON_TYPES


def validation_message(error: ValidationError) -> str:
    """AWS's message for a validation error, or that of jsonschema if AWS's is unknown."""
    worded = WORDING.get(str(error.validator))
    return worded(error) if worded else error.message


def _listed(names: Iterable[str]) -> str:
    return json.dumps(list(names), separators=(",", ":"))


def _missing(error: ValidationError) -> str:
    missing = sorted(set(error.validator_value) - set(error.instance))
    return f"object has missing required properties ({_listed(missing)})"


def _not_allowed(error: ValidationError) -> str:
    extra = sorted(set(error.instance) - set(error.schema.get("properties", {})))
    return f"object instance has properties which are not allowed by the schema: {_listed(extra)}"


def _wrong_type(error: ValidationError) -> str:
    found = next(name for name, is_type in JSON_TYPES.items() if is_type(error.instance))
    allowed = [error.validator_value] if isinstance(error.validator_value, str) else error.validator_value
    return f"instance type ({found}) does not match any allowed primitive type (allowed: {_listed(allowed)})"


def _too_low(error: ValidationError) -> str:
    return (
        "numeric instance is lower than the required minimum "
        f"(minimum: {error.validator_value}, found: {error.instance})"
    )


def _too_high(error: ValidationError) -> str:
    return (
        "numeric instance is greater than the required maximum "
        f"(maximum: {error.validator_value}, found: {error.instance})"
    )


def _too_short(error: ValidationError) -> str:
    length, least = len(error.instance), error.validator_value
    return f"string {_quoted(error.instance)} is too short (length: {length}, required minimum: {least})"


def _too_long(error: ValidationError) -> str:
    length, maximum = len(error.instance), error.validator_value
    return f"string {_quoted(error.instance)} is too long (length: {length}, maximum allowed: {maximum})"


def _no_match(error: ValidationError) -> str:
    pattern, text = _quoted(error.validator_value), _quoted(error.instance)
    return f"ECMA 262 regex {pattern} does not match input string {text}"


def _not_in_enum(error: ValidationError) -> str:
    possible = _listed(error.validator_value)
    return f"instance value ({json.dumps(error.instance)}) not found in enum (possible values: {possible})"


def _quoted(text: str) -> str:
    return f'"{text}"'


WORDING: dict[str, Callable[[ValidationError], str]] = {
    "required": _missing,
    "additionalProperties": _not_allowed,
    "type": _wrong_type,
    "minimum": _too_low,
    "maximum": _too_high,
    "minLength": _too_short,
    "maxLength": _too_long,
    "pattern": _no_match,
    "enum": _not_in_enum,
}
