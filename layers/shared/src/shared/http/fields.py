"""What fields of bodies may hold, and what every body has in common."""

import re
import unicodedata
from datetime import datetime
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from shared.http.bodies import checked
from shared.json.encoding import camel
from shared.moments import in_utc

_LINE_ENDS = frozenset({"Cc", "Zl", "Zp"})  # control characters, and Unicode's own line and paragraph separators
_NOTHING_TO_SEE = _LINE_ENDS | {"Cf", "Zs"}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def written(text: str) -> str:
    """Line breaks and tabs are writing; other control characters are not."""
    if any(unicodedata.category(character) == "Cc" and character not in "\n\r\t" for character in text):
        raise ValueError("must not contain control characters")
    return _seen(text)


def printed(text: str) -> str:
    """One line without control characters."""
    if any(unicodedata.category(character) in _LINE_ENDS for character in text):
        raise ValueError("must not contain line breaks or control characters")
    return _seen(text)


def _seen(text: str) -> str:
    """Something can be seen of it: it is more than spaces, and more than marks of width zero."""
    if all(unicodedata.category(character) in _NOTHING_TO_SEE for character in text):
        raise ValueError("must not be blank")
    return text


def not_null(value: object) -> object:
    """An optional field may be left out; null is not leaving out."""
    if value is None:
        raise ValueError("must not be null: leave the field out instead")
    return value


def _dated(value: object) -> object:
    """Text that begins with a date: pydantic also reads numbers, as seconds since 1970."""
    if not isinstance(value, str) or not _DATE.match(value):
        raise ValueError("must be a date and time with its zone, such as 2026-02-03T04:05:06Z")
    return value


def _representable(moment: datetime) -> datetime:
    """Its offset must not lead out of the calendar."""
    in_utc(moment)
    return moment


def distinct[T](items: list[T]) -> list[T]:
    if len(set(items)) != len(items):
        raise ValueError("must not contain the same value twice")
    return items


class Body(BaseModel):
    """Names in camelCase, nothing besides what is named, and no type taken for another."""

    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=camel, defer_build=True)

    MAX_BODY_BYTES: ClassVar[int] = 16 * 1024

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Raises Invalid, with every field that is wrong."""
        return checked(cls, value)


type Moment = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_dated), AfterValidator(_representable)]
type UserId = Annotated[str, StringConstraints(min_length=1, max_length=128)]
type SessionId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
