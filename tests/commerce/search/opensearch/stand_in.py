"""A server that plays a domain of OpenSearch: as much of its API as our adapter uses, and strict about the rest.

What it cannot show, as it is not OpenSearch, is in docs/search.md.
"""

import hashlib
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.commerce.search.opensearch.analysis import Json, Unknown, allow_only
from tests.commerce.search.opensearch.domain import Domain, Refused, json_lines
from tests.shared.serving import serving

ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "us-west-2",
    "AWS_ACCESS_KEY_ID": "AKID",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_SESSION_TOKEN": "session",
}
_SIGNED = {"host", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token"}


class StandIn:
    """`failures`: statuses with which the next requests are refused. `requests`: methods and paths of those that came.

    `says`: what comes in the place of every answer, as from a proxy. `stalls_seconds`: how long each answer takes.
    `loses_answers`: every other request is carried out and answered by a closed connection, the next one first.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Be an empty domain without a history."""
        self.domain = Domain()
        self.failures: list[int] = []
        self.loses_answers = False
        self.says: bytes | None = None
        self.stalls_seconds = 0.0
        self.requests: list[str] = []

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> tuple[int, Json]:
        path, _, query = target.partition("?")
        self.requests.append(f"{method} {path}")
        if not _is_signed(method, self.url + target, headers, body):
            return 403, {"message": "The request signature we calculated does not match the signature you provided."}
        if self.failures:
            return self.failures.pop(0), {"message": "Something is wrong."}
        try:
            with self.lock:
                return 200, self._answered(method, path, dict(parse_qsl(query)), headers, body)
        except Refused as refused:
            return refused.status, refused.body
        except (Unknown, AttributeError, KeyError, TypeError, ValueError) as error:
            return 400, Refused(400, "parsing_exception", repr(error)).body

    def _answered(self, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes) -> Json:
        if path.endswith("/_bulk"):
            allow_only(query, "require_alias")
            if headers["content-type"] != "application/x-ndjson":
                raise Refused(406, "media_type_header_exception")
            lines = json_lines(body, _json)
            return self.domain.bulk(path.split("/")[1], lines, require_alias=query.get("require_alias") == "true")
        allow_only(query)
        if body and headers["content-type"] != "application/json":
            raise Refused(406, "media_type_header_exception")
        for pattern, do in _routes(self.domain):
            if match := re.fullmatch(pattern, f"{method} {path}"):
                return do(*match.groups(), *([_json(body)] if body else []))
        raise Unknown(f"{method} {path}")


def _routes(domain: Domain) -> list[tuple[str, Callable[..., Json]]]:
    return [
        (r"PUT /_index_template/([a-z-]+)", domain.put_template),
        (r"PUT /([a-z0-9-]+)", domain.make),
        (r"PUT /([a-z0-9-]+)/_settings", domain.put_settings),
        (r"DELETE /([a-z0-9-]+)", domain.delete),
        (r"GET /_alias/([a-z]+)", domain.with_alias),
        (r"GET /_alias", domain.aliases),
        (r"POST /_aliases", domain.change_aliases),
        (r"POST /([a-z0-9-]+)/_refresh", domain.refresh_index),
        (r"POST /([a-z]+)/_mget", domain.get_many),
        (r"POST /([a-z]+)/_search", domain.search),
    ]


def _json(text: bytes) -> Any:
    """As Jackson reads it: no lone surrogates, no numbers that are none."""
    read = json.loads(text.decode(), parse_constant=lambda name: (_ for _ in ()).throw(ValueError(name)))
    json.dumps(read, ensure_ascii=False).encode()
    return read


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
def running_stand_in() -> Iterator[StandIn]:
    """A domain that is empty, and runs as long as the block."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, answer = stand_in.answer(self.command, self.path, headers, body)
            if stand_in.loses_answers and len(stand_in.requests) % 2:
                self.close_connection = True
                return
            time.sleep(stand_in.stalls_seconds)
            content = json.dumps(answer).encode() if stand_in.says is None else stand_in.says
            self.send_response(status)
            self.send_header("Content-Type", "application/json" if stand_in.says is None else "text/html")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_DELETE = do_GET = do_POST = do_PUT = answer  # noqa: N815  the base class names them so

        def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002  the base class names it so
            """Keep quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler)
    stand_in = StandIn(f"http://127.0.0.1:{server.server_port}")
    with serving(server):
        yield stand_in
