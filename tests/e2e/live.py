"""Clients of streamed answers: over a WebSocket, and with Server-Sent Events as EventSource reads them."""

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

from websockets.sync.client import ClientConnection, connect

from tests.e2e.clients import PATIENCE_SECONDS, Api

ENDS = "done", "stopped", "error"

type Frame = dict[str, Any]


class Socket:
    """An open socket like a browser's WebSocket: with a ticket, and frames of at most 32 KB."""

    def __init__(self, api: Api) -> None:
        opened = api("POST", "/connections")
        assert opened.status_code == 201, opened.text
        self.opened: dict[str, Any] = opened.json()
        self._connection: ClientConnection = _connected(self.opened["url"], self.opened["ticket"])

    def send(self, action: str, **message: object) -> None:
        self._connection.send(json.dumps({"action": action, **message}))

    def send_text(self, text: str) -> None:
        self._connection.send(text)

    def receive(self, within_seconds: float = PATIENCE_SECONDS) -> Frame:
        """The next message. Raises TimeoutError, or websockets' ConnectionClosed."""
        message: Frame = json.loads(self._connection.recv(within_seconds))
        return message

    def until(self, *types: str, within_seconds: float = PATIENCE_SECONDS) -> list[Frame]:
        """The messages up to the first of one of these types."""
        deadline, received = time.monotonic() + within_seconds, list[Frame]()
        while not received or received[-1]["type"] not in types:
            received.append(self.receive(deadline - time.monotonic()))
        return received

    def ask(self, text: str, session_id: str | None = None, **more: object) -> str:
        """Send a message to the agent, and return the id of the run that answers it."""
        self.send("message", sessionId=session_id or uuid.uuid4().hex, input=text, **more)
        return str(self.until("accepted")[-1]["runId"])

    def frames(self, run_id: str, within_seconds: float = PATIENCE_SECONDS) -> list[Frame]:
        """The run's frames from now to its end; other messages may arrive between them."""
        received = self.until(*ENDS, within_seconds=within_seconds)
        return [frame for frame in received if frame.get("runId") == run_id and "seq" in frame]

    def resume(self, run_id: str, after: int = 0) -> list[Frame]:
        """The frames after `after`, to the end of the run."""
        self.send("resume", runId=run_id, after=after)
        return self.frames(run_id)

    def stop(self, run_id: str) -> None:
        self.send("stop", runId=run_id)

    def break_off(self) -> None:
        """Disconnect without closing, like a lost network."""
        self._connection.close_socket()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.__exit__(kind, error, trace)


def _connected(url: str, ticket: str) -> ClientConnection:
    return connect(f"{url}?{urlencode({'ticket': ticket})}", compression=None).__enter__()


def text_of(frames: list[Frame]) -> str:
    return "".join(frame["text"] for frame in frames if frame["type"] == "delta")


def assert_gapless(frames: list[Frame], after: int = 0) -> None:
    """Assert that frames are numbered without gaps, and that only the last one is terminal."""
    assert [frame["seq"] for frame in frames] == list(range(after + 1, after + 1 + len(frames)))
    assert [frame["type"] in ENDS for frame in frames] == [False] * (len(frames) - 1) + [True]


class Events:
    """Server-Sent Events as EventSource reads them: it reconnects with Last-Event-ID until it gets a 204."""

    def __init__(self, url: str, headers: dict[str, str] | None = None) -> None:
        self._url, self._headers = url, dict(headers or {})
        self.last_id: str | None = None
        self.requests = 0

    def until_the_end(self, within_seconds: float = 60) -> list[Frame]:
        """The data of every event, from as many responses as it takes."""
        deadline, frames = time.monotonic() + within_seconds, list[Frame]()
        while (answer := self.next_answer()) is not None:
            frames += answer
            assert time.monotonic() < deadline, f"no end after {len(frames)} frames"
        return frames

    def next_answer(self) -> list[Frame] | None:
        """The data of the next response's events; None for a 204, which makes an EventSource stop."""
        address = urlsplit(self._url)
        with _closing(HTTPConnection(address.netloc, timeout=30)) as connection:
            connection.request("GET", f"{address.path}?{address.query}", headers=self._request_headers())
            answer = connection.getresponse()
            body = answer.read().decode()
        self.requests += 1
        if answer.status == 204:
            return None
        assert answer.status == 200, f"{answer.status} {body}"
        assert (answer.getheader("Content-Type") or "").startswith("text/event-stream")
        return list(self._parsed(body))

    def until(self, *types: str, within_seconds: float = PATIENCE_SECONDS) -> list[Frame]:
        """The frames up to the first answer with one of these types."""
        deadline, received = time.monotonic() + within_seconds, list[Frame]()
        while not any(frame["type"] in types for frame in received):
            assert time.monotonic() < deadline, f"not among {received}"
            received += self.next_answer() or ()
        return received

    def break_off(self) -> None:
        """Ask for the next response, and be gone before it comes, like a lost network."""
        address = urlsplit(self._url)
        with _closing(HTTPConnection(address.netloc, timeout=30)) as connection:
            connection.request("GET", f"{address.path}?{address.query}", headers=self._request_headers())

    def _request_headers(self) -> dict[str, str]:
        last = {} if self.last_id is None else {"Last-Event-ID": self.last_id}
        return {"Accept": "text/event-stream", **self._headers, **last}

    def _parsed(self, body: str) -> Iterator[Frame]:
        for block in body.split("\n\n"):
            fields = [line.partition(":") for line in block.splitlines() if not line.startswith(":")]
            data = [value.removeprefix(" ") for name, _, value in fields if name == "data"]
            self.last_id = next((value.strip() for name, _, value in fields if name == "id"), self.last_id)
            if data:
                yield json.loads("\n".join(data))


@contextmanager
def _closing(connection: HTTPConnection) -> Iterator[HTTPConnection]:
    try:
        yield connection
    finally:
        connection.close()


def follow_url(api: Api, path: str) -> str:
    """The URL at which an EventSource follows a run or an inbox, with a ticket, because it sends no headers."""
    ticket = api("POST", f"{path}/tickets")
    assert ticket.status_code == 201, ticket.text
    return f"{api.url}{path}/events?{urlencode({'ticket': ticket.json()['ticket']})}"
