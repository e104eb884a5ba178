"""The stand-in as a process: its program, a child process for tests, and its control interface."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from local.guard import CONTROL_KEY
from local.program import Child, Program, call_control
from local.workspace import HOST


class ModelControl:
    """Controls a running stand-in, and reads the requests that it received. `match` isolates parallel tests."""

    def __init__(self, endpoint: str, key: str) -> None:
        """The key is the secret one of the workspace's root user."""
        self.endpoint, self._key = endpoint, key

    def behave(self, match: str = "", **settings: object) -> None:
        """Set a rule with settings of docs/model-stand-in.md, for example behave("run-7", throttle=2)."""
        self._call("PUT", "/_model/behaviour", {"match": match, **settings})

    def forget(self, match: str) -> None:
        self._call("DELETE", f"/_model/behaviour?match={quote(match)}")

    def requests(self, match: str = "") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._call("GET", f"/_model/requests?match={quote(match)}")
        return found

    def _call(self, method: str, path: str, body: object = None) -> Any:
        return call_control(self.endpoint, self._key, method, path, body)


def model_program(port: int, environment: Mapping[str, str]) -> Program:
    return Program("model", "local.model.server", port, "/_model/ready", {**environment, "MODEL_PORT": str(port)})


class ModelProcess(ModelControl, Child):
    """A stand-in for a test; it ignores the settings for models in the caller's environment."""

    def __init__(self, log: Path, port: int, environment: Mapping[str, str] | None = None) -> None:
        key = secrets.token_urlsafe(16)
        ModelControl.__init__(self, f"http://{HOST}:{port}", key)
        own = {name: value for name, value in os.environ.items() if not name.startswith("MODEL_")}
        Child.__init__(self, model_program(port, own | dict(environment or {}) | {CONTROL_KEY: key}), log)
