"""Reads a JSON body that anybody may have sent.

Refused: what is not UTF-8 or not JSON, NaN and infinities, a name twice in one object, lone surrogates, numbers of
thousands of digits, and nesting deeper than 32. Python's own reader takes most of these.
"""

import base64
import binascii
import json
import math
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from shared.errors import Malformed, TooLarge, UnsupportedMediaType

MAX_DEPTH = 32
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)  # linear on any input


def read_json(event: Mapping[str, Any], max_bytes: int) -> object:
    """The body of an API Gateway event. Raises Malformed, TooLarge or UnsupportedMediaType."""
    headers = event.get("headers") or {}
    content_type = next((str(value) for name, value in headers.items() if name.lower() == "content-type"), "")
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise UnsupportedMediaType("Send the body as application/json.")
    body = _bytes(event)
    if len(body) > max_bytes:
        raise TooLarge(f"The body may have {max_bytes} bytes; it has {len(body)}.")
    return parse_json(body)


def parse_json(body: bytes) -> object:
    """The value of a JSON text. Raises Malformed."""
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise Malformed("The body is not UTF-8.") from error
    _refuse_depth(text)
    try:
        value: object = json.loads(
            text, object_pairs_hook=_object, parse_constant=_refuse_constant, parse_float=_finite
        )
    except ValueError as error:
        raise Malformed("The body is not valid JSON.") from error
    _refuse_lone_surrogates(value)
    return value


def _bytes(event: Mapping[str, Any]) -> bytes:
    body = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return str(body).encode(errors="surrogatepass")
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed("The body is not valid base64.") from error


def _refuse_depth(text: str) -> None:
    depth = 0
    for token in _STRING_OR_BRACKET.finditer(text):
        if token[0] in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise Malformed(f"The body is nested deeper than {MAX_DEPTH}.")
        elif token[0] in "]}":
            depth -= 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise Malformed("The body has an object with the same name twice.")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise Malformed(f"The body holds {name}, which is not JSON.")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise Malformed("The body holds a number that is too large.")
    return number


def _refuse_lone_surrogates(value: object) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise Malformed("The body holds half of a surrogate pair, which is no character.") from error
