"""The process that an emulator's workers are forked from: python -u -m local.emulator.fork_server FD TITLE_SPACE

For each worker the emulator sends one byte over FD, a Unix socket, with two file descriptors: where the worker's output
goes, and a socket for this worker alone. Through that one the emulator sends a WorkerStart and receives the pid and,
once the worker has ended, its exit code as subprocess.Popen gives it. Any byte in between is a signal for the worker.

A worker whose socket is closed is killed, and once FD is closed, the server ends after its last worker. The kernel
closes them all when the emulator ends, however it ends, so no worker outlives it.
"""

import ctypes
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import struct
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from local.emulator.bootstrap import WorkerStart
from local.emulator.preloading import preload

LENGTH, NUMBER = struct.Struct("!I"), struct.Struct("!i")
TITLE_SPACE = " " * 256
"""An argument for workers to write over: ps and worker_pids read there which function they run."""

_PR_SET_PDEATHSIG = 1  # of prctl(2)
_ARG_START, _ARG_END = 48, 49  # fields of proc_pid_stat(5)


class _Worker(NamedTuple):
    pid: int
    pid_fd: int
    socket: socket.socket


@dataclass
class ForkServer:
    """Has neither threads nor connections, which would be broken in a fork."""

    emulator: socket.socket
    workers: list[_Worker] = field(default_factory=list)

    def serve(self) -> WorkerStart | None:
        """Return twice or more: None when the server may end, and in each forked process how it is to start."""
        accepting = True
        while accepting or self.workers:
            ready = self._wait(accepting)
            for worker in self.workers[:]:
                if worker.pid_fd in ready or (worker.socket.fileno() in ready and not self._forward_signal(worker)):
                    self._collect(worker)
            if self.emulator.fileno() in ready:
                message, fds, *_ = socket.recv_fds(self.emulator, 1, 2)
                accepting = bool(message)
                if accepting and (start := self._fork(*fds)):
                    return start
        return None

    def _wait(self, accepting: bool) -> set[int]:
        """The file descriptors on which something has happened."""
        poll = select.poll()
        if accepting:
            poll.register(self.emulator, select.POLLIN)
        for worker in self.workers:
            poll.register(worker.pid_fd, select.POLLIN)
            poll.register(worker.socket, select.POLLIN)
        return {fd for fd, _ in poll.poll()}

    def _fork(self, output: int, socket_fd: int) -> WorkerStart | None:
        """None in the server."""
        connection = socket.socket(fileno=socket_fd)
        with connection.makefile("rb") as request:
            (length,) = LENGTH.unpack(request.read(LENGTH.size))
            start = WorkerStart(*json.loads(request.read(length)))
        server = os.getpid()
        try:
            pid = os.fork()
        except OSError as error:  # too many processes: this worker's problem only
            print(f"cannot fork: {error}", file=sys.stderr)
            os.close(output)
            connection.close()
            return None
        if pid:
            os.close(output)
            self.workers.append(_Worker(pid, os.pidfd_open(pid), connection))
            _send(connection, pid)
            return None
        _end_with_parent(server)
        self._close_all()
        connection.close()
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.close(output)
        return start

    def _forward_signal(self, worker: _Worker) -> bool:
        """False where the emulator has closed the socket and the worker was killed."""
        try:
            number = worker.socket.recv(1)
        except ConnectionError:
            number = b""
        os.kill(worker.pid, number[0] if number else signal.SIGKILL)
        return bool(number)

    def _collect(self, worker: _Worker) -> None:
        """Wait for a worker that has ended, or is about to, and pass its exit code on."""
        _, status = os.waitpid(worker.pid, 0)
        _send(worker.socket, os.waitstatus_to_exitcode(status))
        self.workers.remove(worker)
        worker.socket.close()
        os.close(worker.pid_fd)

    def _close_all(self) -> None:
        """In a fork: it must not keep open what tells others that a process has ended."""
        self.emulator.close()
        for worker in self.workers:
            worker.socket.close()
            os.close(worker.pid_fd)


def _send(connection: socket.socket, number: int) -> None:
    with suppress(ConnectionError):  # the emulator has ended meanwhile
        connection.sendall(NUMBER.pack(number))


def _end_with_parent(parent: int) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before the call
        os._exit(1)


def run(start: WorkerStart) -> None:
    """Be what `python -u -m awslambdaric HANDLER` would be in this folder and environment."""
    os.chdir(start.folder)
    os.environ.clear()
    os.environ.update(start.environment)
    time.tzset()
    handler, function = os.environ["_HANDLER"], os.environ["AWS_LAMBDA_FUNCTION_NAME"]
    _set_title("awslambdaric", handler, function)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = ["awslambdaric", handler]
    sys.path[0] = start.folder
    for name in [name for name in sys.modules if name.partition(".")[0] == __package__.partition(".")[0]]:
        del sys.modules[name]
    importlib.invalidate_caches()  # a folder may have changed within the same tick of the clock
    gc.enable()
    runpy.run_module("awslambdaric", run_name="__main__", alter_sys=True)


def _set_title(*arguments: str) -> None:
    """Replace the arguments that other processes see."""
    fields_from_third = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    start, end = (int(fields_from_third[number - 3]) for number in (_ARG_START, _ARG_END))
    title = "\0".join(arguments).encode()[: end - start - 1]
    ctypes.memset(start, 0, end - start)
    ctypes.memmove(start, title, len(title))


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the emulator, and this only afterwards
    gc.disable()
    preload()
    gc.freeze()  # or each worker's first collection would copy every page that it shares
    start = ForkServer(socket.socket(fileno=int(sys.argv[1]))).serve()
    if start:
        run(start)


if __name__ == "__main__":
    main()
