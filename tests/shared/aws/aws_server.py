"""A server on this machine that plays an AWS service, one answer after the other, over connections that it keeps."""

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from queue import Queue
from typing import Any

from tests.shared.serving import JoinedServer, serving


@dataclass(frozen=True)
class Request:
    """`connection` tells the connections apart."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def operation(self) -> str:
        return self.headers["X-Amz-Target"].rpartition(".")[2]


@dataclass(frozen=True)
class Answers:
    """`announced_bytes` more than the body has looks like a connection that broke off."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    announced_bytes: int | None = None
    then_closes: bool = False  # without having said so


class Hangs:
    """Takes the request and never answers."""


class HangsUp:
    """Takes the request and closes the connection."""


type Outcome = Answers | Hangs | HangsUp


def answers(body: object = None, **more: Any) -> Answers:
    return Answers(json.dumps(body or {}).encode(), **more)


def refuses(code: str, status: int = 400, **details: object) -> Answers:
    """An error as DynamoDB tells it."""
    body = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": f"{code} of mine", **details}
    return Answers(json.dumps(body).encode(), status)


class AwsServer:
    def __init__(self, url: str) -> None:
        self.url = url
        self.outcomes: list[Outcome] = []
        self.requests: list[Request] = []
        self._closed: Queue[int] = Queue()

    def wait_until_closed(self, connection: int) -> None:
        """Until the server has closed this connection; raises Empty after five seconds."""
        while self._closed.get(timeout=5) != connection:
            pass


@contextmanager
def running_aws_server(tls: ssl.SSLContext | None = None) -> Iterator[AwsServer]:
    """A server that runs as long as the block; without outcomes left, it answers `{}`."""
    ended = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            number = self.client_address[1]
            aws.requests.append(Request(self.command, self.path, dict(self.headers), body, number))
            outcome = aws.outcomes.pop(0) if aws.outcomes else answers()
            match outcome:
                case Hangs():
                    ended.wait()
                    self.close_connection = True
                case HangsUp():
                    self.close_connection = True
                case Answers():
                    self.send_response(outcome.status)
                    announced = len(outcome.body) if outcome.announced_bytes is None else outcome.announced_bytes
                    for name, value in (outcome.headers | {"Content-Length": str(announced)}).items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(outcome.body)
                    broken_off = announced > len(outcome.body) and self.command != "HEAD"
                    self.close_connection = outcome.then_closes or broken_off

        do_DELETE = do_GET = do_HEAD = do_POST = do_PUT = answer  # noqa: N815  the base class names them so

        def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002  the base class names it so
            """Keep quiet."""

    class Server(JoinedServer):
        def process_request_thread(self, request: Any, client_address: Any) -> None:
            super().process_request_thread(request, client_address)
            aws._closed.put(client_address[1])

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Keep quiet: clients break off on purpose."""

    server = Server(("127.0.0.1", 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    aws = AwsServer(f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}")
    with serving(server, before_end=ended.set):
        yield aws
