"""Types of attributes that pynamodb does not have: whole numbers, moments, plain documents."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from pynamodb.attributes import Attribute
from pynamodb.constants import LIST, MAP, NUMBER, STRING

from shared.json.encoding import moment, rfc3339

_SERIALIZER, _DESERIALIZER = TypeSerializer(), TypeDeserializer()


class IntegerAttribute(Attribute[int]):
    """A whole number; pynamodb's NumberAttribute has floats for its type."""

    attr_type = NUMBER

    def serialize(self, value: int) -> str:
        return str(int(value))

    def deserialize(self, value: str) -> int:
        return int(value)


class MomentAttribute(Attribute[datetime]):
    """A time as text of RFC 3339, with milliseconds, in UTC: it sorts by time."""

    attr_type = STRING

    def serialize(self, value: datetime) -> str:
        return rfc3339(value)

    def deserialize(self, value: str) -> datetime:
        return moment(value)


class SecondsAttribute(Attribute[datetime]):
    """A time in whole seconds since 1970, as a table's time to live has it; several of a model, unlike TTLAttribute."""

    attr_type = NUMBER

    def serialize(self, value: datetime) -> str:
        return str(int(value.timestamp()))

    def deserialize(self, value: str) -> datetime:
        return datetime.fromtimestamp(int(value), UTC)


class TextsAttribute(Attribute[tuple[str, ...]]):
    """A list of texts, in their order."""

    attr_type = LIST

    def serialize(self, value: tuple[str, ...]) -> list[dict[str, str]]:
        return [{STRING: str(text)} for text in value]

    def deserialize(self, value: list[dict[str, str]]) -> tuple[str, ...]:
        return tuple(text[STRING] for text in value)


class DocumentAttribute(Attribute[dict[str, Any]]):
    """A map of anything that JSON has: dicts, lists, text, numbers, booleans and null, read as they were written."""

    attr_type = MAP

    def serialize(self, value: dict[str, Any]) -> Any:
        return _SERIALIZER.serialize(_with_decimals(value))["M"]

    def deserialize(self, value: Any) -> dict[str, Any]:
        read: dict[str, Any] = _without_decimals(_DESERIALIZER.deserialize({"M": value}))
        return read


class DocumentsAttribute(Attribute[list[Any]]):
    """A list of anything that JSON has, read as it was written."""

    attr_type = LIST

    def serialize(self, value: list[Any]) -> Any:
        return _SERIALIZER.serialize(_with_decimals(value))["L"]

    def deserialize(self, value: Any) -> list[Any]:
        read: list[Any] = _without_decimals(_DESERIALIZER.deserialize({"L": value}))
        return read


def _with_decimals(value: Any) -> Any:
    """boto3 takes no floats; tuples become lists."""
    return json.loads(json.dumps(value), parse_float=Decimal)


def _without_decimals(value: Any) -> Any:
    match value:
        case dict():
            return {name: _without_decimals(part) for name, part in value.items()}
        case list():
            return [_without_decimals(part) for part in value]
        case Decimal():
            return int(value) if value == value.to_integral_value() and value.as_tuple().exponent == 0 else float(value)
    return value
