"""The local servers: how they are started, when they are ready, and how tests run them as child processes."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http.client import HTTPException
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from local.workspace import HOST, ROOT, CannotContinue

_START_SECONDS = 60
_STOP_SECONDS = 30
_LINES_OF_LOG = 15


class DidNotStart(CannotContinue):
    """A program exited or was not ready in time; the message contains the end of its log."""


@dataclass(frozen=True)
class Program:
    """A Python module that listens on `port` and is ready once it answers GET `ready_path`."""

    name: str
    module: str
    port: int
    ready_path: str
    environment: Mapping[str, str]

    @property
    def is_ready(self) -> bool:
        url = f"http://{HOST}:{self.port}{self.ready_path}"
        try:
            with urllib.request.urlopen(url, timeout=5):
                return True
        except (OSError, HTTPException):
            return False

    def spawn(self, log: IO[bytes], *, stdin: int, start_new_session: bool = False) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", self.module],
            cwd=ROOT,
            env=dict(self.environment),
            stdin=stdin,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=start_new_session,
        )

    def wait_until_ready(self, log: Path, has_ended: Callable[[], bool]) -> None:
        """Raises DidNotStart."""
        deadline = time.monotonic() + _START_SECONDS
        while not self.is_ready:
            if has_ended() or time.monotonic() > deadline:
                tail = "\n".join(log.read_text(errors="replace").splitlines()[-_LINES_OF_LOG:])
                raise DidNotStart(f"{self.name} did not start. Last lines of {log}:\n{tail}")
            time.sleep(0.05)


def call_control(endpoint: str, key: str, method: str, path: str, body: object = None) -> Any:
    """Call a route by which one of our servers is controlled, with and for JSON. Raises URLError."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    request = urllib.request.Request(endpoint + path, data, headers, method=method)  # noqa: S310  on 127.0.0.1
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310  as above
        return json.load(answer)


def stop_when_ended(stop: Callable[[], object]) -> None:
    """Have SIGTERM and SIGINT call `stop`, and with END_WITH_STDIN=1 the end of standard input, as when a parent dies.

    For servers without an event loop.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop())
    if os.environ.get("END_WITH_STDIN") == "1":
        threading.Thread(target=_stop_with_stdin, args=[stop], daemon=True).start()


def _stop_with_stdin(stop: Callable[[], object]) -> None:
    os.read(0, 1)  # not sys.stdin, whose lock would keep the process from exiting
    stop()


class Child:
    """A program that stops when its parent exits, even by a crash: its standard input is a pipe that then closes."""

    def __init__(self, program: Program, log: Path) -> None:
        environment = {**program.environment, "END_WITH_STDIN": "1"}
        self._program = replace(program, environment=environment)
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Raises RuntimeError if it is not running."""
        if self._process is None:
            raise RuntimeError(f"{self._program.name} is not running.")
        return self._process.pid

    def start(self) -> None:
        """Return once it is ready. Raises DidNotStart."""
        with self.log.open("ab") as log:
            process = self._process = self._program.spawn(log, stdin=subprocess.PIPE)
        try:
            self._program.wait_until_ready(self.log, lambda: process.poll() is not None)
        except DidNotStart:
            self.stop()
            raise

    def stop(self) -> None:
        """Terminate it and wait; kill it if that takes too long."""
        if self._process is not None:
            with self._process as process:
                process.terminate()
                try:
                    process.wait(_STOP_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()
            self._process = None

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
