"""How the worker of a Python function is started, as a script and as data for the fork server."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

_SCRIPT, _DATA = "bootstrap", "bootstrap.json"


class WorkerStart(NamedTuple):
    folder: str
    environment: dict[str, str]
    """Replaces the fork server's environment. Lambda's variables name the function and its handler."""


@dataclass(frozen=True)
class Bootstrap:
    """Runs the code in a folder on AWS's runtime interface client.

    The client imports from its working directory, so a new worker is enough to pick up edited sources.
    """

    folder: Path
    """If relative, to the bootstrap's own folder."""
    python: Path
    """An interpreter that has the project and awslambdaric."""
    environment: Mapping[str, str]
    """Added to the function's."""

    def write(self, folder: Path) -> None:
        for name, content in self.files.items():
            (folder / name).write_text(content)
        (folder / _SCRIPT).chmod(0o755)

    @property
    def files(self) -> dict[str, str]:
        """The contents by name."""
        exports = [f"export {name}={shlex.quote(value)}" for name, value in self.environment.items()]
        change_folder, python = f"cd {shlex.quote(str(self.folder))}", shlex.quote(str(self.python))
        start = f'exec {python} -u -m awslambdaric "$_HANDLER"'
        data = {"folder": str(self.folder), "environment": dict(self.environment)}
        return {
            _SCRIPT: "\n".join(["#!/bin/sh", "set -e", *exports, change_folder, start, ""]),
            _DATA: json.dumps(data),
        }


def worker_start(script: Path, environment: Mapping[str, str]) -> WorkerStart | None:
    """What this script of a Bootstrap starts, given the function's environment; None for any other program."""
    try:
        data = json.loads(script.with_name(_DATA).read_text())
    except FileNotFoundError:
        return None
    return WorkerStart(str(script.parent / data["folder"]), {**environment, **data["environment"]})
