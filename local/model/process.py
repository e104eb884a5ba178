"""The stand-in as a child process of a test, which it never outlives, and its control interface."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self
from urllib.parse import quote

PROJECT = Path(__file__).parents[2]
_START_LIMIT_SECONDS = 60
_STOP_LIMIT_SECONDS = 10


class ModelControl:
    """Tells a running stand-in how to behave, and reads what it received. `match` keeps parallel tests apart."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint

    def behave(self, match: str = "", **settings: object) -> None:
        """The settings of docs/model-stand-in.md, as in behave("run-7", throttle=2)."""
        self._call("PUT", "/_model/behaviour", {"match": match, **settings})

    def forget(self, match: str) -> None:
        self._call("DELETE", f"/_model/behaviour?match={quote(match)}")

    def requests(self, match: str = "") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._call("GET", f"/_model/requests?match={quote(match)}")
        return found

    def is_ready(self) -> bool:
        try:
            self._call("GET", "/_model/ready")
        except (OSError, HTTPException):
            return False
        return True

    def _call(self, method: str, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        # The endpoint is our own, on 127.0.0.1.
        request = urllib.request.Request(self.endpoint + path, data, method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return json.load(answer)


class ModelProcess(ModelControl):
    def __init__(self, log: Path, port: int, environment: Mapping[str, str] | None = None) -> None:
        super().__init__(f"http://127.0.0.1:{port}")
        self.log = log
        own = {name: value for name, value in os.environ.items() if not name.startswith("MODEL_")}
        self._environment = own | {"MODEL_PORT": str(port), "END_WITH_STDIN": "1", **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None
        self._log_file: IO[bytes] | None = None

    @property
    def pid(self) -> int:
        if self._process is None:
            raise RuntimeError("The stand-in is not running.")
        return self._process.pid

    def __enter__(self) -> Self:
        self._log_file = self.log.open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "local.model.server"],
            cwd=PROJECT,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=self._log_file,
            stderr=subprocess.STDOUT,
        )
        deadline = time.monotonic() + _START_LIMIT_SECONDS
        while not self.is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self._end()
                raise RuntimeError(f"The stand-in did not start: {self.log.read_text()[-2000:]}")
            time.sleep(0.05)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        if self._process is not None:
            with self._process as process:
                process.terminate()
                try:
                    process.wait(_STOP_LIMIT_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()
            self._process = None
        if self._log_file is not None:
            self._log_file.close()
            self._log_file = None
