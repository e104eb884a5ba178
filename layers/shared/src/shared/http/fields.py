"""What fields of bodies may hold, and what every body has in common."""

import re
from datetime import datetime
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
)
from pydantic_core import CoreSchema, core_schema

from shared.http.bodies import checked
from shared.http.forms import Form
from shared.json.encoding import camel
from shared.text.characters import is_control, is_line_end, is_visible, normal_form
from shared.text.names import MAX_NAME, is_allowed
from shared.time.moments import in_utc

MAX_VERSION = 999_999_999
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Line:
    """Annotates text of one line, 1 to `max_length` characters of its normal form, which is what is kept.

    It `may_be_empty` where something need not have it, but what is there must be visible.
    """

    def __init__(self, max_length: int, *, may_be_empty: bool = False) -> None:
        self._max_length, self._min_length = max_length, 0 if may_be_empty else 1

    def __get_pydantic_core_schema__(self, *_: Any) -> CoreSchema:
        text = core_schema.str_schema(strict=True, min_length=self._min_length, max_length=self._max_length)
        printed = core_schema.no_info_after_validator_function(_printed, text)
        return core_schema.no_info_before_validator_function(normalized, printed)


def normalized(value: object) -> object:
    """Before anything else is checked: text in its normal form, and anything else as it is."""
    return normal_form(value) if isinstance(value, str) else value


def written(text: str) -> str:
    """Line breaks and tabs are writing; other control characters are not."""
    if any(map(is_control, text)):
        raise ValueError("must not contain control characters")
    return _seen(text)


def _printed(text: str) -> str:
    if any(map(is_line_end, text)):
        raise ValueError("must not contain line breaks or control characters")
    return _seen(text) if text else text


def _seen(text: str) -> str:
    if not is_visible(text):
        raise ValueError("must not be blank")
    return text


class _NotNull:
    """Of `T | None`: an optional field may be left out; null is not leaving out."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(_refuse_null, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        described = handler(schema)
        choices = [choice for choice in described.pop("anyOf") if choice != {"type": "null"}]
        return described | (choices[0] if len(choices) == 1 else {"anyOf": choices})


NOT_NULL = _NotNull()


def _refuse_null(value: object) -> object:
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


def _allowed_in_names(name: str) -> str:
    if not all(map(is_allowed, name)):
        raise ValueError("must not contain <, > or marks of the direction of writing")
    return name


class _Distinct:
    """Of a list: no value stands in it twice."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(_refuse_repetition, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return handler(schema) | {"uniqueItems": True}


DISTINCT = _Distinct()


def _refuse_repetition[T](items: list[T]) -> list[T]:
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
type PersonName = Annotated[str, Line(MAX_NAME), AfterValidator(_allowed_in_names)]
type PartOfName = Annotated[str, Line(MAX_NAME, may_be_empty=True), AfterValidator(_allowed_in_names)]
"""Some people have one name."""
type Email = Annotated[
    str,
    Field(max_length=254),
    Form(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9-]+\.)+[A-Za-z0-9-]+", "an e-mail address"),
]
type UserId = Annotated[str, StringConstraints(min_length=1, max_length=128)]
type _ClientId = Annotated[str, Form(r"[A-Za-z0-9_-]{1,64}", "1 to 64 letters, digits, - and _")]
type SessionId = _ClientId
type MessageId = _ClientId
"""What a client calls a message of its own, so that it can send it again."""
type Version = Annotated[int, Field(ge=1, le=MAX_VERSION)]
"""Of something that is changed: the number of its changes, from 1."""
