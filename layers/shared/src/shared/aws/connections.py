"""Kept-alive HTTP connections to one host, for all threads of a function."""

import http.client
import os
import select
import socket
import ssl
import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple
from urllib.parse import urlsplit

from shared.resilience.interruption import Interruption, current, is_interrupted

_MOST_IDLE = 16
_LONGEST_IDLE_SECONDS = 240  # AWS's NAT gateways forget a connection after 350 s, and tell only who uses it
_CHUNK_BYTES = 64 * 1024


class NotSent(OSError):
    """No connection could be made: nothing has happened."""


class Lost(OSError):
    """The request was sent, in part at least, and no whole answer came: nobody knows what has happened."""


class Dropped(Lost):
    """Lost because the other side closed the connection, as it does with those that have been idle for long."""


class TooMuch(OSError):
    """The answer is larger than the caller wants to hold."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def header(self, name: str) -> str:
        """Empty where there is none; `name` is in lower case."""
        return self.headers.get(name, "")


class Opened:
    """An answer whose head has come. Reading it raises what `Connections.opened` translates."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self._response = response
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.headers.items()}

    def read(self, most_bytes: int) -> bytes:
        """All of it. Raises TooMuch."""
        content = self._response.read(most_bytes + 1)
        if len(content) > most_bytes:
            raise TooMuch(f"more than {most_bytes} bytes")
        if self._response.length:
            raise Lost("the answer broke off")
        return content

    def chunks(self) -> Iterator[bytes]:
        """What has come, as it comes."""
        while chunk := self._response.read1(_CHUNK_BYTES):
            yield chunk
        if self._response.length:
            raise Lost("the answer broke off")


class _Idle(NamedTuple):
    """`since` is in seconds of the pool's clock."""

    connection: http.client.HTTPConnection
    since: float


class Connections:
    """Opens a connection where none is idle, and keeps it when its answer has been read."""

    def __init__(self, endpoint: str, connect_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        url = urlsplit(endpoint)
        if url.scheme not in {"http", "https"} or not url.hostname:
            raise ValueError(f"not the URL of a service: {endpoint}")
        self._secure, self._host, self._port = url.scheme == "https", url.hostname, url.port
        self._connect_seconds, self._clock = connect_seconds, clock
        self._idle: list[_Idle] = []
        weakref.finalize(self, _close_all, self._idle)

    def exchange(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes, most_bytes: int, read_seconds: float
    ) -> Answer:
        """Send one request and read its answer. Raises NotSent, Lost, Dropped or TooMuch."""
        with self.opened(method, target, headers, body, read_seconds) as answer:
            return Answer(answer.status, answer.headers, answer.read(most_bytes))

    @contextmanager
    def opened(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes, read_seconds: float
    ) -> Iterator["Opened"]:
        """Send one request; its answer can be read while it comes. Leaving early closes the connection at once.

        Raises NotSent, Lost or Dropped, also while it is read; no read waits longer than `read_seconds`.
        """
        connection = self._idle_connection() or self._new_connection()
        response, reusable = None, False
        interruption = current()
        try:
            with _closed_by(interruption, connection.sock) if interruption else nullcontext():
                connection.sock.settimeout(read_seconds)
                connection.sock.sendall(_on_the_wire(method, target, headers, body))
                response = http.client.HTTPResponse(connection.sock, method=method)
                response.begin()
                yield Opened(response)
            reusable = response.isclosed() and not response.will_close and not is_interrupted()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError) as error:
            self.close()  # the others have been idle for as long
            raise Dropped("the connection was closed") from error
        except TimeoutError as error:
            self.close()  # what lies between may have forgotten us: the others would be as silent
            raise Lost("no answer in time") from error
        except (http.client.HTTPException, ConnectionError, ssl.SSLError) as error:
            raise Lost(f"no answer: {type(error).__name__}") from error
        finally:
            if reusable and len(self._idle) < _MOST_IDLE:
                self._idle.append(_Idle(connection, self._clock()))
            else:
                if response:  # has the connection to itself where it is the last one
                    response.close()
                connection.close()

    def close(self) -> None:
        """Close what is idle; whoever asks next opens a new connection."""
        _close_all(self._idle)

    def _idle_connection(self) -> http.client.HTTPConnection | None:
        while True:
            try:
                idle = self._idle.pop()  # one step: no two threads get the same
            except IndexError:
                return None
            is_fresh = self._clock() - idle.since < _LONGEST_IDLE_SECONDS
            if is_fresh and not _was_closed(idle.connection.sock):
                return idle.connection
            idle.connection.close()

    def _new_connection(self) -> http.client.HTTPConnection:
        connection: http.client.HTTPConnection
        if self._secure:
            connection = http.client.HTTPSConnection(
                self._host, self._port, timeout=self._connect_seconds, context=_trusted()
            )
        else:
            connection = http.client.HTTPConnection(self._host, self._port, timeout=self._connect_seconds)
        try:
            connection.connect()
        except OSError as error:
            connection.close()
            raise NotSent(f"no connection: {type(error).__name__}") from error
        return connection


@contextmanager
def _closed_by(interruption: Interruption, connection: socket.socket) -> Iterator[None]:
    interruption.add(connection)
    try:
        yield
    finally:
        interruption.discard(connection)


def _on_the_wire(method: str, target: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """Head and body in one piece: http.client would send them one after the other, in two packets."""
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    if " " in target or any("\r" in line or "\n" in line for line in lines):
        raise ValueError("a request's target and headers are one line each")
    return "\r\n".join((*lines, f"Content-Length: {len(body)}", "\r\n")).encode("ascii") + body


def _was_closed(idle: socket.socket) -> bool:
    """Nothing is to be read from an idle connection but its end."""
    poll = select.poll()
    poll.register(idle, select.POLLIN)
    return bool(poll.poll(0))


def _close_all(idle: list[_Idle]) -> None:
    while idle:
        try:
            idle.pop().connection.close()
        except IndexError:
            return  # another thread took the last one


@cache
def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=os.environ.get("AWS_CA_BUNDLE") or None)
