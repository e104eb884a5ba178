"""`sam local invoke` and `sam local start-api`; only works inside `run`."""

import json
import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.workspace import HOST, ROOT, free_port, port_is_taken

LOG = ROOT / ".local/sam-local/start-api.log"

_INVOKE_SECONDS = 300  # the first start builds SAM's image
_START_SECONDS = 120
_STOP_SECONDS = 60


class SamLocalError(Exception):
    """`sam local` itself failed; the message contains its output."""


def invoke(function_path: str, event: object) -> Any:
    """Run a function in a new container; returns its result or, if it fails, errorType and errorMessage."""
    done = subprocess.run(
        [*_sam_local("invoke", function_path), "--event", "-"],
        input=json.dumps(event),
        capture_output=True,
        text=True,
        timeout=_INVOKE_SECONDS,
        check=False,
    )
    try:
        return json.loads(done.stdout)
    except json.JSONDecodeError:
        raise SamLocalError(f"{function_path}:\n{done.stdout}\n{done.stderr}") from None


@contextmanager
def start_api(command: Sequence[str] = (), **process_options: Any) -> Iterator[str]:
    """Run `sam local start-api` during the block, with its output in LOG; yields its URL.

    A function's container starts with the first request and stays warm: exclude that request from measurements.
    """
    port = free_port()
    with LOG.open("wb") as log:
        process = subprocess.Popen(
            [*(command or _sam_local("start-api", "--warm-containers", "LAZY", "--no-watch")), "--port", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            **process_options,
        )
        try:
            _wait_until_listening(process, port, LOG)
            yield f"http://{HOST}:{port}"
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """SAM removes its containers when it is terminated; if it is killed, `run` removes them."""
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _sam_local(command: str, *arguments: str) -> list[str]:
    return ["sam", "local", command, *arguments, "--config-file", os.environ["SAM_LOCAL_CONFIG"]]


def _wait_until_listening(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not port_is_taken(port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise SamLocalError(f"start-api did not start:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.1)
