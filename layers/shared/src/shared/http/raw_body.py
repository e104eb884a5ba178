"""The body of a request: as it came, or the JSON that it holds."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from shared.errors import Malformed, TooLarge, UnsupportedMediaType
from shared.json.strict import parse_json


def media_type(event: Mapping[str, Any]) -> str:
    """`text/csv` of `Text/CSV; charset=utf-8`; empty where the request does not say."""
    headers = event.get("headers") or {}
    content_type = next((str(value) for name, value in headers.items() if name.lower() == "content-type"), "")
    return content_type.partition(";")[0].strip().lower()


def raw_body(event: Mapping[str, Any], max_bytes: int) -> bytes:
    """The body of an API Gateway event; halves of surrogate pairs stay what no UTF-8 is. Raises Malformed; TooLarge."""
    body = _bytes(event)
    if len(body) > max_bytes:
        raise TooLarge(f"The body may have {max_bytes} bytes; it has {len(body)}.")
    return body


def read_json(event: Mapping[str, Any], max_bytes: int) -> object:
    """The value of a JSON body. Raises Malformed, TooLarge or UnsupportedMediaType."""
    if media_type(event) != "application/json":
        raise UnsupportedMediaType("Send the body as application/json.")
    return parse_json(raw_body(event, max_bytes))


def _bytes(event: Mapping[str, Any]) -> bytes:
    body = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return str(body).encode(errors="surrogatepass")
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed("The body is not valid base64.") from error
