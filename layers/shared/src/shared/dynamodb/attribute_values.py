"""Plain Python values in DynamoDB's typed JSON, and back.

| Python | DynamoDB |
|---|---|
| str, bool, None, bytes | S, BOOL, NULL, B |
| int, Decimal | N: up to 38 digits, and never a float |
| list, tuple; dict | L; M |
| frozenset, set of str | SS, which is never empty |

Read back, a number without a fraction is an int, a list a list, and a set a frozenset.
"""

import base64
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

type Item = dict[str, Any]
"""A row, by its attributes' names; or its key alone."""

type Typed = dict[str, Any]
"""One value in DynamoDB's notation: `{"S": "text"}`."""

_MOST_DIGITS = 38


def typed(value: object) -> Typed:
    """Raises TypeError for what DynamoDB has no type for, ValueError for what its type cannot hold."""
    write = _WRITERS.get(type(value))
    if write is None:  # a subclass, such as a StrEnum's member
        write = next((writer for type_, writer in _WRITERS.items() if isinstance(value, type_)), None)
    if write is None:
        raise TypeError(f"DynamoDB has no type for a {type(value).__name__}")
    return write(value)


def typed_item(item: Mapping[str, object]) -> Typed:
    """A row; attributes that are None are left out."""
    return {name: typed(value) for name, value in item.items() if value is not None}


def plain(value: Typed) -> Any:
    """What `typed` was given, or its like."""
    ((type_, content),) = value.items()
    read = _READERS.get(type_)
    return content if read is None else read(content)


def plain_item(item: Mapping[str, Typed]) -> Item:
    return {name: plain(value) for name, value in item.items()}


def _number_of_int(value: int) -> Typed:
    text = int.__repr__(value)
    if len(text.lstrip("-").rstrip("0")) > _MOST_DIGITS or len(text) > 127:
        raise ValueError(f"DynamoDB's numbers have {_MOST_DIGITS} digits")
    return {"N": text}


def _number_of_decimal(value: Decimal) -> Typed:
    digits = value.as_tuple()
    if not isinstance(digits.exponent, int):
        raise ValueError("DynamoDB has no infinities and nothing that is not a number")
    if len("".join(map(str, digits.digits)).strip("0")) > _MOST_DIGITS:
        raise ValueError(f"DynamoDB's numbers have {_MOST_DIGITS} digits")
    if value and not -130 <= value.adjusted() <= 125:
        raise ValueError("DynamoDB's numbers lie between 1E-130 and 1E+126")
    return {"N": str(value)}


def _set_of_texts(value: frozenset[object] | set[object]) -> Typed:
    if not value:
        raise ValueError("DynamoDB has no empty sets: leave the attribute out")
    if not all(isinstance(member, str) for member in value):
        raise TypeError("sets hold text only")
    return {"SS": sorted(value, key=str)}


def _map(value: Mapping[object, object]) -> Typed:
    if not all(isinstance(name, str) for name in value):
        raise TypeError("the names in a map are text")
    return {"M": {name: typed(content) for name, content in value.items()}}


def _number(text: str) -> int | Decimal:
    try:
        return int(text)
    except ValueError:
        number = Decimal(text)
        return int(number) if number == number.to_integral_value() else number


_WRITERS: dict[type, Callable[[Any], Typed]] = {
    str: lambda value: {"S": value},
    bool: lambda value: {"BOOL": value},  # before int, of which it is a kind
    int: _number_of_int,
    Decimal: _number_of_decimal,
    type(None): lambda _: {"NULL": True},
    list: lambda value: {"L": [typed(each) for each in value]},
    tuple: lambda value: {"L": [typed(each) for each in value]},
    dict: _map,
    frozenset: _set_of_texts,
    set: _set_of_texts,
    bytes: lambda value: {"B": base64.b64encode(value).decode()},
}

# Text and truth are themselves.
_READERS: dict[str, Callable[[Any], Any]] = {
    "N": _number,
    "NULL": lambda _: None,
    "L": lambda content: [plain(each) for each in content],
    "M": plain_item,
    "SS": frozenset,
    "NS": lambda content: frozenset(map(_number, content)),
    "B": base64.b64decode,
    "BS": lambda content: frozenset(map(base64.b64decode, content)),
}
