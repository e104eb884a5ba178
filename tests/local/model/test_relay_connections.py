"""A relayed answer whose client has gone: its connection to the model is closed at once."""

import asyncio
import json
from contextlib import suppress
from typing import Any

import pytest

from local.model.relay import Relay
from local.model.server import Settings, StandIn
from tests.local.model.conversations import SONNET, ask

_FIRST_WORD = {"choices": [{"index": 0, "delta": {"content": "Hel"}, "finish_reason": None}]}
_ANSWER = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
_CONVERSE_STREAM = {
    "type": "http",
    "method": "POST",
    "path": f"/model/{SONNET}/converse-stream",
    "query_string": b"",
    "headers": [],
}
_PATIENCE_SECONDS = 10


class SilentModel:
    """Says a word, and then nothing until its reader goes."""

    def __init__(self) -> None:
        self.reader_left = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(_ANSWER + b"data: " + json.dumps(_FIRST_WORD).encode() + b"\n\n")
        while await reader.read(1024):
            pass
        writer.close()
        self.reader_left.set()


class Client:
    """Goes when the body begins: a write fails, or it disconnects while one waits. Keeps the traceback of either."""

    def __init__(self, *, fails: bool) -> None:
        self._fails = fails
        self._body = json.dumps(ask("Hi")).encode()
        self._has_gone = asyncio.Event()
        self._has_sent = False
        self.failures: list[BaseException] = []

    async def receive(self) -> dict[str, Any]:
        if not self._has_sent:
            self._has_sent = True
            return {"type": "http.request", "body": self._body, "more_body": False}
        await self._has_gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] != "http.response.body":
            return
        self._has_gone.set()
        try:
            if self._fails:
                raise BrokenPipeError
            await asyncio.Event().wait()
        except BaseException as error:
            self.failures.append(error)
            raise


@pytest.mark.parametrize("fails", [True, False], ids=["a write fails", "it disconnects"])
def test_connection_to_the_model_is_closed_although_the_failure_is_kept(*, fails: bool) -> None:
    async def relay() -> None:
        model, client = SilentModel(), Client(fails=fails)
        server = await asyncio.start_server(model.serve, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        stand_in = StandIn(Settings(relay=Relay(url, "tiny")))
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                with suppress(BrokenPipeError):
                    await stand_in(_CONVERSE_STREAM, client.receive, client.send)
                assert client.failures
                await model.reader_left.wait()
        finally:
            server.close()

    asyncio.run(relay())
