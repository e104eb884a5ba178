"""A server on this machine that plays Bedrock's Converse API, one answer after the other."""

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any, Literal
from urllib.parse import unquote

from shared.models.model import Message, ModelRequest
from tests.shared.serving import JoinedServer, serving

MODEL_ID = "us.anthropic.example-v1:0"
HELLO = ModelRequest("Be kind.", (Message("user", "Hello"),))


@dataclass(frozen=True)
class Received:
    path: str
    headers: dict[str, str]
    body: Any
    connection: int  # tells the connections apart


@dataclass(frozen=True)
class Answered:
    """`body` is sent as it is; `announced_bytes` more than it has looks like a connection that broke off."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    announced_bytes: int | None = None


class Hangs:
    """Takes the request and never answers."""


class HangsUp:
    """Takes the request and closes the connection."""


@dataclass(frozen=True)
class Streams:
    """Sends these in chunks; then ends the answer, or cuts the connection, or says nothing more."""

    chunks: tuple[bytes, ...]
    then: Literal["ends", "cuts", "hangs"] = "ends"


type Outcome = Answered | Hangs | HangsUp | Streams


def answers(*content: object, input_tokens: int = 12, output_tokens: int = 3) -> Answered:
    """Converse's answer with these content blocks."""
    body = {
        "output": {"message": {"role": "assistant", "content": list(content)}},
        "stopReason": "end_turn",
        "usage": {
            "inputTokens": input_tokens,
            "outputTokens": output_tokens,
            "totalTokens": input_tokens + output_tokens,
        },
        "metrics": {"latencyMs": 7},
    }
    return Answered(200, json.dumps(body).encode())


def fails(code: str, status: int, message: str = "") -> Answered:
    """One of Bedrock's errors, as it tells them."""
    body = json.dumps({"message": message or f"{code}, says Bedrock"}).encode()
    return Answered(status, body, {"x-amzn-ErrorType": f"{code}:http://internal.amazon.com/coral/com.amazon.bedrock/"})


class ConverseServer:
    def __init__(self, url: str) -> None:
        self.url = url
        self.outcomes: list[Outcome] = []
        self.requests: list[Received] = []
        self.left = threading.Event()
        """Set when a client leaves while nothing more is said."""


@contextmanager
def running_converse_server(tls: ssl.SSLContext | None = None) -> Iterator[ConverseServer]:
    """A server that runs as long as the block."""
    ended = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            number = self.client_address[1]
            bedrock.requests.append(Received(unquote(self.path), dict(self.headers), body, number))
            outcome = bedrock.outcomes.pop(0)
            self.close_connection = True
            match outcome:
                case Hangs():
                    ended.wait()
                case HangsUp():
                    pass
                case Streams():
                    self.stream(outcome)
                case Answered():
                    self.send_response(outcome.status)
                    announced = len(outcome.body) if outcome.announced_bytes is None else outcome.announced_bytes
                    headers = {
                        "Content-Type": "application/json",
                        "Content-Length": str(announced),
                        "Connection": "close",
                    }
                    headers |= outcome.headers
                    for name, value in headers.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(outcome.body)

        def stream(self, outcome: Streams) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/vnd.amazon.eventstream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for chunk in outcome.chunks:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
            if outcome.then == "ends":
                self.wfile.write(b"0\r\n\r\n")
                self.close_connection = False
            elif outcome.then == "hangs" and not self.connection.recv(1):
                bedrock.left.set()

        def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002  the base class names it so
            """Keep quiet."""

    server = JoinedServer(("127.0.0.1", 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    bedrock = ConverseServer(f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}")
    with serving(server, before_end=ended.set):
        yield bedrock
