"""What a request carries outside of its body: values in its path, its query and its headers.

A parameter is declared once, `LIMIT = whole_number("limit", 1, 100, default=20)`: a route lists it, its handler reads
`request.value(LIMIT)`, and the API's document describes it.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Literal, NoReturn

from shared.errors import MAX_ERRORS, FieldError, Invalid, Malformed, NotFound, see_errors
from shared.http.events import Event, header_values, path_parameters, query_parameters
from shared.idempotency.claims import HEADER, KEY_PATTERN
from shared.text.characters import clipped, normal_form

type Place = Literal["path", "query", "header"]
type Values = Mapping[tuple[Place, str], Any]

_REQUIRED: Any = object()
_UNKNOWN = "is not a parameter of this route: leave it out"
_PATH_ID = r"[A-Za-z0-9_-]{1,128}"
_THIS_CENTURY, _ANY_YEAR = "20[0-9]{2}", "[0-9]{4}"
_MONTH = "20[0-9]{2}-(0[1-9]|1[0-2])"
_KINDS: Mapping[Place, str] = {"path": "path parameter", "query": "query parameter", "header": "header"}


class Unacceptable(Exception):
    """What is wrong with a value and what to send instead: "must be a whole number from 1 to 100"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter[T]:
    """`read` makes a value of its text, or raises Unacceptable; `refusal` is what the whole request is refused with.

    `instead_of` names another parameter of the query, which contradicts this one.
    """

    name: str
    place: Place
    read: Callable[[str], T]
    schema: Mapping[str, object]
    default: T = _REQUIRED
    refusal: type[Malformed | Invalid | NotFound] = Malformed
    description: str = ""
    instead_of: str | None = None

    @property
    def is_required(self) -> bool:
        return self.default is _REQUIRED

    def value(self, texts: Sequence[str]) -> T:
        if not texts and not self.is_required:
            return self.default
        if len(texts) != 1:
            raise Unacceptable("must be given only once" if texts else "is required")
        return self.read(texts[0])


def text(name: str, *, max_length: int = 128, place: Place = "query", description: str = "") -> Parameter[str]:
    """Text that must be there, and not blank, as it was sent: an id, a cursor, a token."""

    def read(value: str) -> str:
        if not value.strip():
            raise Unacceptable("must not be blank")
        if len(value) > max_length:
            raise Unacceptable(f"must have at most {max_length} characters")
        return value

    schema = {"type": "string", "minLength": 1, "maxLength": max_length, "pattern": r"\S"}
    return Parameter(name=name, place=place, read=read, schema=schema, description=description)


def optional_text(
    name: str, *, max_length: int = 128, place: Place = "query", description: str = ""
) -> Parameter[str | None]:
    return _optional(text(name, max_length=max_length, place=place, description=description))


def line(name: str, *, max_length: int = 128, description: str = "") -> Parameter[str]:
    """Words, or a name, in their normal form: see `shared.http.fields.Line`."""
    as_sent = text(name, max_length=max_length, description=description)
    return replace(as_sent, read=lambda value: as_sent.read(normal_form(value)))


def optional_line(name: str, *, max_length: int = 128, description: str = "") -> Parameter[str | None]:
    return _optional(line(name, max_length=max_length, description=description))


def whole_number(
    name: str, minimum: int, maximum: int, *, default: int, place: Place = "query", description: str = ""
) -> Parameter[int]:
    """ASCII digits only, and no more of them than the largest number has."""

    def read(value: str) -> int:
        is_number = value.isascii() and value.isdigit() and len(value) <= len(str(maximum))
        if not is_number or not minimum <= int(value) <= maximum:
            raise Unacceptable(f"must be a whole number from {minimum:,} to {maximum:,}")
        return int(value)

    schema = {"type": "integer", "minimum": minimum, "maximum": maximum, "default": default}
    return Parameter(name=name, place=place, read=read, schema=schema, default=default, description=description)


def optional_whole_number(
    name: str, minimum: int, maximum: int, *, place: Place = "query", description: str = ""
) -> Parameter[int | None]:
    return _optional(whole_number(name, minimum, maximum, default=minimum, place=place, description=description))


def month(name: str, *, description: str = "") -> Parameter[date]:
    """A month of this century, `2026-11`: its first day."""

    def read(value: str) -> date:
        if not re.fullmatch(_MONTH, value, re.ASCII):
            raise Unacceptable("must be a month such as 2026-11")
        return date.fromisoformat(f"{value}-01")

    schema = {"type": "string", "pattern": f"^{_MONTH}$"}
    return Parameter(name=name, place="query", read=read, schema=schema, description=description)


def choice[E: StrEnum](name: str, choices: type[E], *, default: E, description: str = "") -> Parameter[E]:
    def read(value: str) -> E:
        try:
            return choices(value)
        except ValueError:
            raise Unacceptable(f"must be one of {', '.join(choices)}") from None

    return Parameter(
        name=name,
        place="query",
        read=read,
        schema={"type": "string", "enum": [str(each) for each in choices], "default": str(default)},
        default=default,
        refusal=Invalid,
        description=description,
    )


def optional_choice[E: StrEnum](name: str, choices: type[E], *, description: str = "") -> Parameter[E | None]:
    return _optional(choice(name, choices, default=next(iter(choices)), description=description))


def day(name: str, *, years: str = _THIS_CENTURY, description: str = "") -> Parameter[date]:
    """A day, `2026-11-30`, of the `years` that this pattern matches."""
    pattern = f"{years}-[0-9]{{2}}-[0-9]{{2}}"

    def read(value: str) -> date:
        try:
            if re.fullmatch(pattern, value, re.ASCII):
                return date.fromisoformat(value)
        except ValueError:
            pass
        raise Unacceptable("must be a day such as 2026-11-30")

    schema = {"type": "string", "format": "date", "pattern": f"^{pattern}$"}
    return Parameter(name=name, place="query", read=read, schema=schema, description=description)


def optional_day(name: str, *, description: str = "") -> Parameter[date | None]:
    """Of any year."""
    return _optional(day(name, years=_ANY_YEAR, description=description))


def flag(name: str, *, description: str = "") -> Parameter[bool]:
    """False unless it says `true`."""

    def read(value: str) -> bool:
        if value not in {"true", "false"}:
            raise Unacceptable("must be true or false")
        return value == "true"

    return Parameter(
        name=name,
        place="query",
        read=read,
        schema={"type": "boolean", "default": False},
        default=False,
        refusal=Invalid,
        description=description,
    )


def path_ids(path: str, besides: Iterable[Parameter[Any]]) -> list[Parameter[str]]:
    """The ids in a path, of things that are there or not: what cannot be an id is not found."""
    declared = {parameter.name for parameter in besides if parameter.place == "path"}
    return [
        _matching(name, _PATH_ID, "an id", NotFound) for name in re.findall(r"{(\w+)}", path) if name not in declared
    ]


def new_path_id(name: str, pattern: str, words: str) -> Parameter[str]:
    """An id that the client may choose: it must match the pattern as a whole. `words` complete "must be …"."""
    return _matching(name, pattern, words, Malformed)


def _matching(name: str, pattern: str, words: str, refusal: type[Malformed | NotFound]) -> Parameter[str]:
    def read(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise Unacceptable(f"must be {words}")
        return value

    schema = {"type": "string", "pattern": f"^{pattern}$"}
    return Parameter(name=name, place="path", read=read, schema=schema, refusal=refusal)


def idempotency_key(*, is_required: bool) -> Parameter[str | None]:
    """The header of a request that may arrive twice and shall count once."""

    def read(value: str) -> str:
        if not re.fullmatch(KEY_PATTERN, value):
            raise Unacceptable("must be 1 to 255 visible ASCII characters, such as a UUID")
        return value

    return Parameter(
        name=HEADER,
        place="header",
        read=read,
        schema={"type": "string", "minLength": 1, "maxLength": 255, "pattern": f"^{KEY_PATTERN}$"},
        default=_REQUIRED if is_required else None,
        description="The same key with the same request is answered as the first time, for 24 hours.",
    )


def _optional[T](parameter: Parameter[T]) -> Parameter[T | None]:
    return Parameter(
        name=parameter.name,
        place=parameter.place,
        read=parameter.read,
        schema={word: value for word, value in parameter.schema.items() if word != "default"},
        default=None,
        refusal=parameter.refusal,
        description=parameter.description,
    )


def several[T](parameter: Parameter[T], *, max_values: int) -> Parameter[tuple[T, ...]]:
    """An optional parameter that may be repeated, `tag=a&tag=b`: its different values."""
    return _Several(
        name=parameter.name,
        place=parameter.place,
        read=lambda value: (parameter.read(value),),
        schema={"type": "array", "items": parameter.schema, "maxItems": max_values},
        default=(),
        refusal=parameter.refusal,
        description=parameter.description,
        max_values=max_values,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Several[T](Parameter[tuple[T, ...]]):
    max_values: int

    def value(self, texts: Sequence[str]) -> tuple[T, ...]:
        if len(texts) > self.max_values:
            raise Unacceptable(f"must be given at most {self.max_values} times")
        return tuple(dict.fromkeys(value for text in texts for value in self.read(text)))


def either[A, B](first: Parameter[A], second: Parameter[B]) -> tuple[Parameter[A], Parameter[B]]:
    """Two parameters of a query that may have one of them."""
    description = f"{second.description} Not together with `{first.name}`.".strip()
    return first, replace(second, description=description, instead_of=first.name)


def paging(
    *, size: int = 20, max_size: int = 100, max_cursor_length: int = 1024
) -> tuple[Parameter[int], Parameter[str | None]]:
    """`?limit=&cursor=`: see `Request.page`."""
    limit = whole_number("limit", 1, max_size, default=size, description="How many items at most.")
    cursor = optional_text("cursor", max_length=max_cursor_length, description="`nextCursor` of the previous page.")
    return limit, cursor


def read_parameters(parameters: Sequence[Parameter[Any]], event: Event) -> Values:
    """The value of each parameter. Raises NotFound, or Malformed or Invalid with everything that is wrong."""
    query, path = query_parameters(event), path_parameters(event)
    values: dict[tuple[Place, str], Any] = {}
    refused: list[tuple[Place, type[Exception], FieldError]] = []
    for parameter in parameters:
        name, place = parameter.name, parameter.place
        match place:
            case "query":
                texts = query.get(name, [])
            case "path":
                texts = [path[name]] if name in path else []
            case "header":
                texts = header_values(event, name)
        try:
            if texts and parameter.instead_of in query:
                raise Unacceptable(f"must not be given together with {parameter.instead_of}")
            values[place, name] = parameter.value(texts)
        except Unacceptable as error:
            refused.append((place, parameter.refusal, FieldError(name, str(error))))
    declared = {parameter.name for parameter in parameters if parameter.place == "query"}
    refused += [("query", Malformed, FieldError(name, _UNKNOWN)) for name in query if name not in declared]
    if refused:
        _refuse(refused)
    return values


def _refuse(refused: Sequence[tuple[Place, type[Exception], FieldError]]) -> NoReturn:
    refusals = {refusal for _, refusal, _ in refused}
    if NotFound in refusals:
        raise NotFound("There is nothing with this id.")
    place, _, first = refused[0]
    errors = [error for _, _, error in refused[:MAX_ERRORS]]
    detail = f"The {_KINDS[place]} {clipped(first.field)} {first.message}."
    if len(refused) > 1:
        detail = see_errors("Some parameters of the request are not valid", errors, len(refused))
    raise (Malformed if Malformed in refusals else Invalid)(detail, errors)
