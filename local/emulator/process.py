"""The emulator as a process: how it is told what to do, and one as the child of a test, which it never outlives."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from pathlib import Path
from types import TracebackType
from typing import IO, Self

PROJECT = Path(__file__).parents[2]
START_LIMIT_SECONDS = 60
STOP_LIMIT_SECONDS = 30


class EmulatorError(Exception):
    """The emulator did not start, or ended by itself; the message holds the end of its log."""


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def server_environment(folder: Path, port: int, *, region: str = "us-west-2", persist: bool = False) -> dict[str, str]:
    """The environment of an emulator that keeps its temporary files and, if told so, its state in one folder."""
    return {
        # Credentials and endpoints of the caller's shell are none of its business.
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        "AWS_ENDPOINT_URL": endpoint_of(port),  # handed on to functions, which would call the real AWS
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_REGION": region,
        "AUTH": "true",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "PERSIST_STATE": str(int(persist)),
        "S3_PERSIST": str(int(persist)),
        "STATE_DIR": str(folder / "state"),
        "S3_DATA_DIR": str(folder / "s3"),
        "TMPDIR": str(folder / "tmp"),
    }


def endpoint_of(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def is_ready(port: int) -> bool:
    """Whether the emulator on that port answers."""
    try:
        with urllib.request.urlopen(f"{endpoint_of(port)}/_ministack/ready", timeout=5):  # noqa: S310  our own
            return True
    except (OSError, HTTPException):
        return False


class EmulatorProcess:
    """An emulator that keeps its log, its temporary files and, if told so, its state in one folder."""

    def __init__(
        self,
        folder: Path,
        port: int,
        *,
        region: str = "us-west-2",
        persist: bool = False,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self.port = port
        self.endpoint = endpoint_of(port)
        self.temporary_files = folder / "tmp"
        self.log = folder / "emulator.log"
        self._environment = server_environment(folder, port, region=region, persist=persist)
        self._environment |= {"END_WITH_STDIN": "1", **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None
        self._log_file: IO[bytes] | None = None

    @property
    def pid(self) -> int:
        """The id of the running process."""
        return self._running.pid

    @property
    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise EmulatorError("not running")
        return self._process

    def start(self) -> None:
        """Return once the emulator answers."""
        self.temporary_files.mkdir(parents=True, exist_ok=True)
        self._log_file = self.log.open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "local.emulator.launch"],
            cwd=PROJECT,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=self._log_file,
            stderr=subprocess.STDOUT,
        )
        deadline = time.monotonic() + START_LIMIT_SECONDS
        while not is_ready(self.port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise EmulatorError(self.log.read_text()[-2000:])
            time.sleep(0.05)

    def stop(self) -> None:
        """Return once the emulator has saved its state and ended, gently or, after a while, by force."""
        if self._process is not None:
            with self._process as process:
                process.terminate()
                try:
                    process.wait(STOP_LIMIT_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()
            self._process = None
        if self._log_file is not None:
            self._log_file.close()
            self._log_file = None

    def reload_functions(self) -> None:
        """Let the next invocation of each function load its code anew."""
        self._running.send_signal(signal.SIGHUP)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
