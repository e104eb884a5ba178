"""Lambda: workers are forked from a process with the packages loaded, as SnapStart restores them from a snapshot."""

import json
import logging
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import weakref
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ministack.core import lambda_runtime

from local.emulator.bootstrap import WorkerStart, worker_start
from local.emulator.fork_server import LENGTH, NUMBER, TITLE_SPACE
from local.workspace import ROOT

CAN_FORK = sys.platform == "linux"
"""Not on macOS: its system libraries break in forks, and a process cannot ask to end with its parent."""

_INSTALLED = ROOT / "uv.lock", Path(sys.prefix) / "installed"
"""Files that change when packages are installed."""

_LONGEST_START_SECONDS = 60
_END_SECONDS = 2

_logger = logging.getLogger(__name__)


class ForkServerEnded(Exception):
    """The process ended, or did not answer, before it had forked the worker."""


class ForkedWorker:
    """A process that is no child of this one, with what MiniStack uses of subprocess.Popen."""

    def __init__(self, pid: int, output: int, connection: socket.socket) -> None:
        self.pid, self.stdout = pid, os.fdopen(output, "rb")
        self.returncode: int | None = None
        self._connection, self._lock = connection, threading.Lock()
        # Only then, as another thread may be about to wait for the exit code.
        weakref.finalize(self, connection.close)

    def poll(self) -> int | None:
        with suppress(subprocess.TimeoutExpired):
            return self.wait(0)
        return None

    def wait(self, timeout: float | None = None) -> int:
        """Raises subprocess.TimeoutExpired."""
        poll = select.poll()
        poll.register(self._connection, select.POLLIN)
        if self.returncode is None and not poll.poll(None if timeout is None else timeout * 1000):
            raise subprocess.TimeoutExpired("worker", timeout or 0)
        with self._lock:
            if self.returncode is None:
                code = _receive(self._connection)
                # Without a code, the server was killed, and all its workers with it.
                self.returncode = -signal.SIGKILL if code is None else code
            return self.returncode

    def terminate(self) -> None:
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        with suppress(ConnectionError):
            self._connection.sendall(bytes([number]))


class ForkServers:
    """An emulator's fork server: started with the first worker, and anew once packages were installed."""

    def __init__(self, installed: Sequence[Path] = _INSTALLED) -> None:
        self._installed, self._loaded = installed, ""
        self._control: socket.socket | None = None
        self._servers: list[subprocess.Popen[bytes]] = []
        self._lock = threading.Lock()
        self._closed = False

    def start_worker(self, start: WorkerStart) -> ForkedWorker:
        """Raises ForkServerEnded."""
        with self._lock:
            control = self._current_server()
            read, write = os.pipe()
            ours, theirs = socket.socketpair()
            request = json.dumps(start).encode()
            ours.settimeout(_LONGEST_START_SECONDS)
            try:
                socket.send_fds(control, [b"w"], [write, theirs.fileno()])
                theirs.close()  # so that it closes with the server
                ours.sendall(LENGTH.pack(len(request)) + request)
                pid = _receive(ours)
            except OSError:
                pid = None
            finally:
                theirs.close()
                os.close(write)
            if pid is None:
                os.close(read)
                ours.close()
                self._retire_server()
                raise ForkServerEnded
            return ForkedWorker(pid, read, ours)

    def prepare(self) -> None:
        """Let a server load the packages while this process goes on."""
        if CAN_FORK:
            with self._lock:
                self._current_server()

    def close(self) -> None:
        """End the server, and every worker that is left."""
        with self._lock:
            self._closed = True
            self._retire_server()
        for server in self._servers:
            try:
                server.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()

    def _current_server(self) -> socket.socket:
        if self._closed:
            raise RuntimeError("The emulator is stopping.")
        installed = str([(file.stat().st_mtime_ns, file.stat().st_size) for file in self._installed if file.exists()])
        if self._control and (installed != self._loaded or self._servers[-1].poll() is not None):
            self._retire_server()
        if not self._control:
            self._control, self._loaded = self._start_server(), installed
        return self._control

    def _start_server(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        # Credentials and endpoints are each worker's own, and functions on AWS have no awscrt.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        with theirs:
            server = subprocess.Popen(
                [sys.executable, "-u", "-m", "local.emulator.fork_server", str(theirs.fileno()), TITLE_SPACE],
                cwd=ROOT,
                env=environment | {"BOTO_DISABLE_CRT": "true"},
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        self._servers.append(server)
        return ours

    def _retire_server(self) -> None:
        """Let it end after its last worker."""
        if self._control:
            self._control.close()
        self._control = None


def _receive(connection: socket.socket) -> int | None:
    """None where the other side has closed the connection."""
    try:
        number = connection.recv(NUMBER.size, socket.MSG_WAITALL)
    except ConnectionError:
        return None
    return int(*NUMBER.unpack(number)) if number else None


FORK_SERVERS = ForkServers()


def fork_workers() -> None:
    """Fork the workers of functions whose package says how to start them; run the bootstrap of all others."""
    if not CAN_FORK:
        return

    def start_process(command: list[str], **options: Any) -> ForkedWorker | subprocess.Popen[Any]:
        if start := worker_start(Path(command[0]), options.get("env") or os.environ):
            try:
                return FORK_SERVERS.start_worker(start)
            except ForkServerEnded:
                _logger.warning("no worker could be forked: starting the bootstrap instead")
        return subprocess.Popen(command, **options)

    lambda_runtime.subprocess = SimpleNamespace(**vars(subprocess) | {"Popen": start_process})
