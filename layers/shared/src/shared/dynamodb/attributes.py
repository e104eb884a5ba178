"""Types of attributes that pynamodb does not have: whole numbers, moments, plain documents."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from operator import index
from typing import Any

from pynamodb.attributes import Attribute
from pynamodb.constants import LIST, MAP, NUMBER, STRING
from pynamodb.expressions.condition import Comparison
from pynamodb.expressions.operand import Path, _Operand
from pynamodb.expressions.update import RemoveAction, SetAction

from shared.dynamodb.documents import from_dynamodb, in_dynamodb
from shared.dynamodb.paths import LiteralPath
from shared.json.encoding import moment, rfc3339

_TOO_LARGE = 10**38
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class IntegerAttribute(Attribute[int]):
    """A whole number of at most 38 digits; pynamodb's NumberAttribute has floats for its type."""

    attr_type = NUMBER

    def serialize(self, value: int) -> str:
        """Raises TypeError for a fraction, ValueError for too many digits."""
        whole = int(index(value))
        if abs(whole) >= _TOO_LARGE:
            raise ValueError("a number of DynamoDB's has 38 digits at most")
        return str(whole)

    def deserialize(self, value: str) -> int:
        try:
            return int(value)
        except ValueError:  # others may have written 1E+2
            number = Decimal(value)
            if number != number.to_integral_value():
                raise
            return int(number)


class MomentAttribute(Attribute[datetime]):
    """A time as text of RFC 3339, with milliseconds, in UTC: it sorts by time."""

    attr_type = STRING

    def serialize(self, value: datetime) -> str:
        return rfc3339(value)

    def deserialize(self, value: str) -> datetime:
        return moment(value)


class ZonedMomentAttribute(Attribute[datetime]):
    """A time as text of RFC 3339, with milliseconds, in the zone that it has: it does not sort by time."""

    attr_type = STRING

    def serialize(self, value: datetime) -> str:
        return value.isoformat(timespec="milliseconds") if value.utcoffset() else rfc3339(value)

    def deserialize(self, value: str) -> datetime:
        return moment(value)


class SecondsAttribute(Attribute[datetime]):
    """A time in whole seconds since 1970, as a table's time to live has it; several of a model, unlike TTLAttribute."""

    attr_type = NUMBER

    def serialize(self, value: datetime) -> str:
        return str((value - _EPOCH) // timedelta(seconds=1))  # timestamp() rounds: at its end, out of the calendar

    def deserialize(self, value: str) -> datetime:
        return datetime.fromtimestamp(int(value), UTC)


class WholeAttribute[T](Attribute[T]):
    """A list or map that expressions take as one value, whatever Python has for it.

    pynamodb takes a tuple for an element of the list, and `{"S": "x"}` for a text in DynamoDB's own notation.
    """

    def set(self, value: Any) -> SetAction | RemoveAction:
        return Path(self).set(self._whole(value))

    def __eq__(self, other: object) -> Comparison:  # type: ignore[override]  # as pynamodb's
        compared: Comparison = Path(self) == self._whole(other)
        return compared

    def __ne__(self, other: object) -> Comparison:  # type: ignore[override]  # as pynamodb's
        compared: Comparison = Path(self) != self._whole(other)
        return compared

    def _whole(self, value: Any) -> Any:
        if value is None or isinstance(value, Attribute | _Operand):
            return value
        return {self.attr_type: self.serialize(value)}


class TextsAttribute(WholeAttribute[tuple[str, ...]]):
    """A list of texts, in their order."""

    attr_type = LIST

    def serialize(self, value: tuple[str, ...]) -> list[dict[str, str]]:
        return [{STRING: str(text)} for text in value]

    def deserialize(self, value: list[dict[str, str]]) -> tuple[str, ...]:
        return tuple(text[STRING] for text in value)


class DocumentAttribute(WholeAttribute[dict[str, Any]]):
    """A map of anything that JSON has: dicts, lists, text, numbers, booleans and null, read as they were written."""

    attr_type = MAP

    def serialize(self, value: dict[str, Any]) -> Any:
        return in_dynamodb(value)[MAP]

    def deserialize(self, value: Any) -> dict[str, Any]:
        read: dict[str, Any] = from_dynamodb({MAP: value})
        return read

    def __getitem__(self, name: str) -> Path:  # type: ignore[override]  # a map has no numbered elements
        """What has this name, whatever it looks like."""
        return LiteralPath([*self.attr_path, name])


class DocumentsAttribute(WholeAttribute[list[Any]]):
    """A list of anything that JSON has, read as it was written."""

    attr_type = LIST

    def serialize(self, value: list[Any]) -> Any:
        return in_dynamodb(value)[LIST]

    def deserialize(self, value: Any) -> list[Any]:
        read: list[Any] = from_dynamodb({LIST: value})
        return read
