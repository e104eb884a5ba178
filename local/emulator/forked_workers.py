"""Lambda: workers are forked from a process with the packages loaded, much as SnapStart restores snapshots."""

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
"""Not on macOS: its system libraries may crash in forks, and it has no equivalent of PR_SET_PDEATHSIG."""

_INSTALLED = ROOT / "uv.lock", Path(sys.prefix) / "installed"
"""Files that change when packages are locked or installed."""

_LONGEST_START_SECONDS = 60
_END_SECONDS = 2

_logger = logging.getLogger(__name__)


class ForkServerEnded(Exception):
    """The fork server exited or did not answer before it had forked the worker."""


class ForkedWorker:
    """What MiniStack uses of subprocess.Popen, for a process that is a child of the fork server."""

    def __init__(self, pid: int, output: int, connection: socket.socket) -> None:
        self.pid, self.stdout = pid, os.fdopen(output, "rb")
        self.returncode: int | None = None
        self._connection, self._lock = connection, threading.Lock()
        # Not earlier, as another thread may be waiting for the exit code.
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
                # Without a code, the server was killed and its workers with it.
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
    """Starts the emulator's fork server with the first worker, and a new one after packages were installed."""

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
                theirs.close()  # or it would stay open when the server exits
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
        """Start the fork server in the background, so that the first worker need not wait for it."""
        if CAN_FORK:
            with self._lock:
                self._current_server()

    def close(self) -> None:
        """Stop the fork servers and all remaining workers."""
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
            raise RuntimeError("the emulator is stopping")
        installed = str([(file.stat().st_mtime_ns, file.stat().st_size) for file in self._installed if file.exists()])
        if self._control and (installed != self._loaded or self._servers[-1].poll() is not None):
            self._retire_server()
        if not self._control:
            self._control, self._loaded = self._start_server(), installed
        return self._control

    def _start_server(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        # Credentials and endpoints differ by worker. On Lambda, functions have no awscrt. How long to wait between
        # attempts is read when botocore is imported: as the templates have it.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        with theirs:
            server = subprocess.Popen(
                [sys.executable, "-u", "-m", "local.emulator.fork_server", str(theirs.fileno()), TITLE_SPACE],
                cwd=ROOT,
                env=environment | {"BOTO_DISABLE_CRT": "true", "AWS_NEW_RETRIES_2026": "true"},
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        self._servers.append(server)
        return ours

    def _retire_server(self) -> None:
        """Start no more workers from it: it exits after its last one."""
        if self._control:
            self._control.close()
        self._control = None


def _receive(connection: socket.socket) -> int | None:
    """Return None if the connection was closed."""
    try:
        number = connection.recv(NUMBER.size, socket.MSG_WAITALL)
    except ConnectionError:
        return None
    return int(*NUMBER.unpack(number)) if number else None


FORK_SERVERS = ForkServers()


def fork_workers() -> None:
    """Fork the workers of functions that were built with a Bootstrap; start all other programs as before."""
    if not CAN_FORK:
        return

    def start_process(command: list[str], **options: Any) -> ForkedWorker | subprocess.Popen[Any]:
        if start := worker_start(Path(command[0]), options.get("env") or os.environ):
            try:
                return FORK_SERVERS.start_worker(start)
            except ForkServerEnded:
                _logger.warning("the fork server failed; starting the bootstrap instead")
        return subprocess.Popen(command, **options)

    lambda_runtime.subprocess = SimpleNamespace(**vars(subprocess) | {"Popen": start_process})
