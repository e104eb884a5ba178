"""The parts of HTTP that the stand-in needs, on ASGI."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from local.model.errors import ApiError, ValidationException

type Scope = dict[str, Any]
type Receive = Callable[[], Awaitable[dict[str, Any]]]
type Send = Callable[[dict[str, Any]], Awaitable[None]]

_LONGEST_BODY_BYTES = 25_000_000


@dataclass(frozen=True)
class Request:
    """`path` is percent-decoded; header names are in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise ValidationException(f"Malformed input request: {error}") from error


async def read_request(scope: Scope, receive: Receive) -> Request:
    body, more = bytearray(), True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False) and len(body) <= _LONGEST_BODY_BYTES
    if len(body) > _LONGEST_BODY_BYTES:
        raise ValidationException("Input is too long for requested model.")
    query = parse_qs(scope["query_string"].decode(), keep_blank_values=True)
    return Request(
        scope["method"],
        scope["path"],
        {name: values[0] for name, values in query.items()},
        {name.decode().lower(): value.decode() for name, value in scope["headers"]},
        bytes(body),
    )


async def send_json(send: Send, status: int, body: object, headers: Mapping[str, str] | None = None) -> None:
    data = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    await _start(
        send, status, {"content-type": "application/json", "content-length": str(len(data))} | dict(headers or {})
    )
    await send({"type": "http.response.body", "body": data})


async def send_error(send: Send, error: ApiError) -> None:
    """Send an error in AWS's REST-JSON format: the exception's name in a header, its message in the body."""
    kind = f"{error.code}:http://internal.amazon.com/coral/com.amazon.bedrock/"
    await send_json(send, error.status, {"message": str(error)}, {"x-amzn-errortype": kind})


async def send_stream(send: Send, headers: Mapping[str, str], frames: AsyncIterator[bytes]) -> None:
    """Send each frame immediately. If the iterator raises, the last chunk is missing, so the reader sees an error."""
    await _start(send, 200, headers)
    async for frame in frames:
        await send({"type": "http.response.body", "body": frame, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def until_disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        await asyncio.sleep(0)


async def _start(send: Send, status: int, headers: Mapping[str, str]) -> None:
    encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
