"""Reads a JSON body that anybody may have sent.

Refused: what is not UTF-8 or not JSON, NaN and infinities, a name twice in one object, lone surrogates, numbers of
thousands of digits, and nesting deeper than 32. Python's own reader takes most of these.
"""

import json
import math
import re
from typing import Any, NoReturn

from shared.errors import Malformed

MAX_DEPTH = 32
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)  # linear on any input


def parse_json(body: bytes) -> object:
    """The value of a JSON text. Raises Malformed."""
    value = parse_utf_16(body)
    refuse_lone_surrogates(value)
    return value


def parse_utf_16(body: bytes) -> object:
    """As `parse_json`, with texts as JavaScript cuts them: halves of surrogate pairs are left in. Raises Malformed."""
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise Malformed("Send JSON in UTF-8.") from error
    _refuse_depth(text)
    try:
        value: object = json.loads(
            text, object_pairs_hook=_object, parse_constant=_refuse_constant, parse_float=_finite
        )
    except ValueError as error:
        raise Malformed("Send valid JSON.") from error
    return value


def refuse_lone_surrogates(value: object) -> None:
    """Raises Malformed where a text is not made of characters alone."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise Malformed("A text has half of a surrogate pair, which is not a character.") from error


def _refuse_depth(text: str) -> None:
    depth = 0
    for token in _STRING_OR_BRACKET.finditer(text):
        if token[0] in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise Malformed(f"The JSON is nested too deeply: {MAX_DEPTH} levels are allowed.")
        elif token[0] in "]}":
            depth -= 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise Malformed("An object has two members with the same name.")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise Malformed(f"{name} is not valid JSON.")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise Malformed("A number is too large.")
    return number
