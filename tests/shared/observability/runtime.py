"""Runs a handler as Lambda does: by AWS's own runtime client, in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

TRACE_ID = "1-5759e988-bd862e3fe1be46a994272793"
_ENVIRONMENT = {
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
    "AWS_LAMBDA_FUNCTION_NAME": "ExampleFunction",
    "AWS_LAMBDA_LOG_FORMAT": "JSON",
    "AWS_LAMBDA_LOG_LEVEL": "INFO",
    "POWERTOOLS_SERVICE_NAME": "personalization",
    "POWERTOOLS_METRICS_NAMESPACE": "Almoner/test",
    "POWERTOOLS_TRACE_DISABLED": "true",
}


def lines_of(
    folder: Path, code: str, *events: Mapping[str, Any], environment: dict[str, str] | None = None
) -> list[str]:
    """What the handler in this code writes to its log while it answers the events, as request r0, r1 and so on."""
    (folder / "example.py").write_text(code)
    log = folder / "log"
    with _runtime_api(list(events)) as (port, answered), log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "awslambdaric", "example.handler"],
            cwd=folder,
            env=os.environ | _ENVIRONMENT | (environment or {}) | {"AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{port}"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        has_answered = answered.wait(30)
        process.terminate()
        process.wait()
    assert has_answered, log.read_text()
    return log.read_text().splitlines()


@contextmanager
def _runtime_api(events: list[Mapping[str, Any]]) -> Iterator[tuple[int, Event]]:
    answered, over = Event(), Event()

    class Api(BaseHTTPRequestHandler):
        sent = 0

        def do_GET(self) -> None:
            if Api.sent == len(events):
                answered.set()
                over.wait()
                return
            body = json.dumps(events[Api.sent]).encode()
            self.send_response(200)
            self.send_header("Lambda-Runtime-Aws-Request-Id", f"r{Api.sent}")
            self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-west-2:1:function:Example")
            self.send_header("Lambda-Runtime-Deadline-Ms", "4102444800000")
            self.send_header("Lambda-Runtime-Trace-Id", f"Root={TRACE_ID};Parent=53995c3f42cd8ad8;Sampled=1")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            Api.sent += 1

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Api) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_port, answered
        finally:
            over.set()
            server.shutdown()
