"""Streaming HTTP requests, one connection each, which is closed when its reader stops."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import h11

from local.model.errors import ModelErrorException, ModelStreamErrorException, ModelTimeoutException

_CONNECT_SECONDS = 10
_SILENCE_SECONDS = 120
_READ_BYTES = 65536


@dataclass(frozen=True)
class Response:
    status: int
    parts: AsyncIterator[bytes]
    """Yields the body as it arrives; raises ModelStreamErrorException if it is cut off."""

    async def text(self) -> str:
        return b"".join([part async for part in self.parts]).decode(errors="replace")


@asynccontextmanager
async def request(method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> AsyncIterator[Response]:
    """Raises ModelErrorException if the server cannot be reached, ModelTimeoutException if it is too slow."""
    address = urlsplit(url)
    secure = ssl.create_default_context() if address.scheme == "https" else None
    port = address.port or (443 if secure else 80)
    try:
        async with asyncio.timeout(_CONNECT_SECONDS):
            reader, writer = await asyncio.open_connection(address.hostname, port, ssl=secure)
    except TimeoutError as error:
        raise ModelTimeoutException(f"Nothing answers at {url}.") from error
    except OSError as error:
        raise ModelErrorException(f"The model at {url} cannot be reached: {error}") from error
    connection = h11.Connection(h11.CLIENT)
    try:
        target = (address.path or "/") + (f"?{address.query}" if address.query else "")
        sent = {
            "host": address.netloc.rpartition("@")[2],
            "content-length": str(len(body)),
            "connection": "close",
            **headers,
        }
        start = h11.Request(method=method, target=target, headers=list(sent.items()))
        writer.write((connection.send(start) or b"") + (connection.send(h11.Data(body)) or b""))
        connection.send(h11.EndOfMessage())
        event = await _next_event(connection, reader)
        while isinstance(event, h11.InformationalResponse):
            event = await _next_event(connection, reader)
        if not isinstance(event, h11.Response):
            raise ModelErrorException(f"The model at {url} closed the connection.")
        yield Response(event.status_code, _parts(connection, reader))
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def _parts(connection: h11.Connection, reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while True:
        try:
            event = await _next_event(connection, reader)
        except (h11.RemoteProtocolError, OSError) as error:
            raise ModelStreamErrorException(f"The model's answer broke off: {error}") from error
        match event:
            case h11.Data():
                yield bytes(event.data)
            case h11.EndOfMessage():
                return
            case _:
                raise ModelStreamErrorException("The model's answer broke off.")


async def _next_event(connection: h11.Connection, reader: asyncio.StreamReader) -> object:
    while (event := connection.next_event()) is h11.NEED_DATA:
        try:
            async with asyncio.timeout(_SILENCE_SECONDS):
                connection.receive_data(await reader.read(_READ_BYTES))
        except TimeoutError as error:
            raise ModelTimeoutException(
                "Model has timed out in processing the request. Try your request again."
            ) from error
    return event
