"""Stands before OpenSearch as AWS does before a domain: only signed requests pass. It can also fail as networks do."""

import hashlib
import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler
from itertools import batched
from typing import Any
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.shared.serving import JoinedServer, serving

ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "us-west-2",
    "AWS_ACCESS_KEY_ID": "AKID",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_SESSION_TOKEN": "session",
}
_SIGNED = {"host", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token"}


class Relay:
    """`requests`: methods and paths of what came. `failures`: statuses with which the next ones are answered.

    `says`: what comes in the place of every answer, as from a proxy. `stalls_seconds`: how long each answer takes.
    `loses_answers`: every other request is carried out and answered by a closed connection, the next one first.
    `refuses`: by id, the status and the type of the error that the next write of a document meets.
    """

    def __init__(self, url: str, upstream: str) -> None:
        self.url, self.upstream = url, upstream
        self.forget()

    def forget(self) -> None:
        """Fail no more, and have no history."""
        self.requests: list[str] = []
        self.failures: list[int] = []
        self.says: bytes | None = None
        self.stalls_seconds = 0.0
        self.loses_answers = False
        self.refuses: dict[str, tuple[int, str]] = {}

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        path = target.partition("?")[0]
        self.requests.append(f"{method} {path}")
        if not _is_signed(method, self.url + target, headers, body):
            return 403, b'{"message": "The request signature we calculated does not match the signature you provided."}'
        if self.failures:
            return self.failures.pop(0), b'{"message": "Something is wrong."}'
        if self.says is not None:
            return 200, self.says
        if path.endswith("/_bulk") and self.refuses:
            return self._refused_in_part(target, headers, body)
        return self._passed_on(method, target, headers, body)

    def _passed_on(self, method: str, target: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        connection = HTTPConnection(urlsplit(self.upstream).netloc)
        try:
            kept = {name: headers[name] for name in ("content-type",) if name in headers}
            connection.request(method, target, body, kept)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def _refused_in_part(self, target: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        actions = list(batched(body.splitlines(keepends=True), 2, strict=True))
        ids = [json.loads(action)["index"]["_id"] for action, _ in actions]
        passed = [line for id_, lines in zip(ids, actions, strict=True) if id_ not in self.refuses for line in lines]
        written: Iterator[Any] = iter([])
        if passed:
            written = iter(json.loads(self._passed_on("POST", target, headers, b"".join(passed))[1])["items"])
        items = []
        for id_ in ids:
            if refusal := self.refuses.pop(id_, None):
                items.append({"index": {"_id": id_, "status": refusal[0], "error": {"type": refusal[1]}}})
            else:
                items.append(next(written))
        return 200, json.dumps({"took": 1, "errors": True, "items": items}).encode()


def _is_signed(method: str, url: str, headers: dict[str, str], body: bytes) -> bool:
    """Whether AWS's own signer comes to the same signature of what was signed, and the body is what was signed."""
    form = re.fullmatch(
        r"AWS4-HMAC-SHA256 Credential=AKID/(\d{8})/us-west-2/es/aws4_request, "
        r"SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})",
        headers.get("authorization", ""),
    )
    if not form or not set(form[2].split(";")) >= _SIGNED:
        return False
    signed = {name: value for name, value in headers.items() if name in form[2].split(";")}
    request = AWSRequest(method, url, signed, body)
    request.context["timestamp"] = headers["x-amz-date"]
    signer = SigV4Auth(Credentials("AKID", "secret", "session"), "es", "us-west-2")
    to_sign = signer.string_to_sign(request, signer.canonical_request(request))
    return (
        signer.signature(to_sign, request) == form[3]
        and headers["host"] == urlsplit(url).netloc
        and headers["x-amz-content-sha256"] == hashlib.sha256(body).hexdigest()
        and headers["x-amz-security-token"] == "session"
    )


@contextmanager
def running_relay(upstream: str) -> Iterator[Relay]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, content = relay.answer(self.command, self.path, headers, body)
            if relay.loses_answers and len(relay.requests) % 2:
                self.close_connection = True
                return
            time.sleep(relay.stalls_seconds)
            self.send_response(status)
            self.send_header("Content-Type", "application/json" if relay.says is None else "text/html")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_DELETE = do_GET = do_POST = do_PUT = answer  # noqa: N815  the base class names them so

        def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002  the base class names it so
            """Keep quiet."""

    class Server(JoinedServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """Clients that give up are expected."""

    server = Server(("127.0.0.1", 0), Handler)
    relay = Relay(f"http://127.0.0.1:{server.server_port}", upstream)
    with serving(server):
        yield relay
