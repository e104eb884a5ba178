"""Anything that JSON has, in DynamoDB's own notation and back."""

from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

_SERIALIZER: Any = TypeSerializer()
_DESERIALIZER: Any = TypeDeserializer()


def in_dynamodb(value: Any) -> dict[str, Any]:
    """`{"M": {"a": {"N": "1"}}}`. Raises TypeError for what JSON does not have, NaN and infinities too."""
    written: dict[str, Any] = _SERIALIZER.serialize(_with_decimals(value))
    return written


def from_dynamodb(value: dict[str, Any]) -> Any:
    """What `in_dynamodb` was given; a tuple is a list then."""
    return _without_decimals(_DESERIALIZER.deserialize(value))


def _with_decimals(value: Any) -> Any:
    """boto3 takes no floats and no tuples, but bytes, sets, and names of any type."""
    match value:
        case str() | bool() | int() | None:
            return value
        case float():
            return Decimal(repr(value))
        case list() | tuple():
            return [_with_decimals(part) for part in value]
        case dict() if all(isinstance(name, str) for name in value):
            return {name: _with_decimals(part) for name, part in value.items()}
    raise TypeError(f"JSON has no {type(value).__name__} like this")


def _without_decimals(value: Any) -> Any:
    match value:
        case dict():
            return {name: _without_decimals(part) for name, part in value.items()}
        case list():
            return [_without_decimals(part) for part in value]
        case Decimal():
            return int(value) if value.as_tuple().exponent == 0 else float(value)
    return value
