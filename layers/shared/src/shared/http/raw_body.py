"""The body of a request: as it came, or the JSON that it holds."""

import base64
import binascii

from shared.errors import Malformed, TooLarge, UnsupportedMediaType
from shared.http.events import Event, header_values
from shared.json.strict import parse_json


def content_type(event: Event) -> str:
    """`text/csv; charset=utf-8`; empty where the request does not say."""
    return next(iter(header_values(event, "content-type")), "")


def media_type(event: Event) -> str:
    """`text/csv` of `Text/CSV; charset=utf-8`; empty where the request does not say."""
    return content_type(event).partition(";")[0].strip().lower()


def raw_body(event: Event, max_bytes: int) -> bytes:
    """The body of an API Gateway event; halves of surrogate pairs stay what no UTF-8 is. Raises Malformed; TooLarge."""
    body = _bytes(event)
    if len(body) > max_bytes:
        raise TooLarge(f"The body has {len(body):,} bytes; at most {max_bytes:,} are allowed.")
    return body


def read_json(event: Event, max_bytes: int) -> object:
    """The value of a JSON body. Raises Malformed, TooLarge or UnsupportedMediaType."""
    if media_type(event) != "application/json":
        raise UnsupportedMediaType("Send the body as JSON, with Content-Type: application/json.")
    return parse_json(raw_body(event, max_bytes))


def _bytes(event: Event) -> bytes:
    body = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return str(body).encode(errors="surrogatepass")
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed("The body must be valid base64.") from error
