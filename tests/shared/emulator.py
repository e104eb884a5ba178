"""The local AWS as a process of its own, for the contracts that real adapters must keep."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_START_SECONDS = 60
_STOP_SECONDS = 20


@contextmanager
def running_emulator(folder: Path) -> Iterator[str]:
    """The endpoint of an emulator that runs as long as the block, with its files in `folder`."""
    port = _free_port()
    log = folder / "emulator.log"
    environment = os.environ | {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "IOT_MTLS_ENABLED": "0",
        "TMPDIR": str(folder),
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "local.emulator.launch"], cwd=_ROOT, env=environment, stdout=output, stderr=output
        )
        try:
            _wait_until_ready(process, port, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            _end(process)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not _is_ready(port):
        if _has_ended(process, within_seconds=0.05) or time.monotonic() > deadline:
            raise RuntimeError(f"the emulator did not start:\n{log.read_text(errors='replace')[-2000:]}")


def _has_ended(process: subprocess.Popen[bytes], within_seconds: float) -> bool:
    try:
        process.wait(within_seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/_ministack/ready")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    if not _has_ended(process, _STOP_SECONDS):
        process.kill()
        process.wait()
