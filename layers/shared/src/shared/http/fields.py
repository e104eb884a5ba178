"""What fields of bodies may hold, and what every body has in common."""

import unicodedata
from typing import Annotated, ClassVar, Self

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from shared.http.bodies import checked
from shared.json.encoding import camel

_LINE_ENDS = frozenset({"Cc", "Zl", "Zp"})  # control characters, and Unicode's own line and paragraph separators
_NOTHING_TO_SEE = _LINE_ENDS | {"Cf", "Zs"}


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


def a_text(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("must be a date and time with its zone, such as 2026-02-03T04:05:06Z")
    return value


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


type Moment = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(a_text)]
type UserId = Annotated[str, StringConstraints(min_length=1, max_length=128)]
type SessionId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
