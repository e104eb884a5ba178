"""The process that an emulator's workers are forked from: python -u -m local.emulator.fork_server FD TITLE_SPACE

To start a worker, the emulator sends one byte with two file descriptors over the Unix socket FD: a pipe for the
worker's output and the server's end of a socket for this worker. Over the latter, the emulator sends a WorkerStart and
receives the pid and, when the worker has exited, its exit code in the form of subprocess.Popen's. Each further byte
that the emulator sends is the number of a signal for the worker.

When a worker's socket is closed, the server kills the worker; when FD is closed, the server exits after its last
worker. As the kernel closes them however the emulator exits, no worker outlives it.
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
"""An argument that makes room for workers to overwrite the command line, which ps and worker_pids read."""

_PR_SET_PDEATHSIG = 1  # of prctl(2)
_ARG_START, _ARG_END = 48, 49  # fields of proc_pid_stat(5)


class _Worker(NamedTuple):
    pid: int
    pid_fd: int
    socket: socket.socket


@dataclass
class ForkServer:
    """Must not have threads or network connections: they do not work in a fork."""

    emulator: socket.socket
    workers: list[_Worker] = field(default_factory=list)

    def serve(self) -> WorkerStart | None:
        """Return None when the server is done and, in each forked process, what that process must start."""
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
        """Wait for events; return the file descriptors that have any."""
        poll = select.poll()
        if accepting:
            poll.register(self.emulator, select.POLLIN)
        for worker in self.workers:
            poll.register(worker.pid_fd, select.POLLIN)
            poll.register(worker.socket, select.POLLIN)
        return {fd for fd, _ in poll.poll()}

    def _fork(self, output: int, socket_fd: int) -> WorkerStart | None:
        """Return None in the server and the WorkerStart in the fork."""
        connection = socket.socket(fileno=socket_fd)
        with connection.makefile("rb") as request:
            (length,) = LENGTH.unpack(request.read(LENGTH.size))
            start = WorkerStart(*json.loads(request.read(length)))
        server = os.getpid()
        try:
            pid = os.fork()
        except OSError as error:  # too many processes: fails this worker, not the server
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
        """Return False if the emulator has closed the socket; the worker is killed then."""
        try:
            number = worker.socket.recv(1)
        except ConnectionError:
            number = b""
        os.kill(worker.pid, number[0] if number else signal.SIGKILL)
        return bool(number)

    def _collect(self, worker: _Worker) -> None:
        """Reap a worker that has exited or is about to, and report its exit code."""
        _, status = os.waitpid(worker.pid, 0)
        _send(worker.socket, os.waitstatus_to_exitcode(status))
        self.workers.remove(worker)
        worker.socket.close()
        os.close(worker.pid_fd)

    def _close_all(self) -> None:
        """In a fork: an inherited socket would stay open, and so hide that a process has exited."""
        self.emulator.close()
        for worker in self.workers:
            worker.socket.close()
            os.close(worker.pid_fd)


def _send(connection: socket.socket, number: int) -> None:
    with suppress(ConnectionError):  # the emulator has exited
        connection.sendall(NUMBER.pack(number))


def _end_with_parent(parent: int) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it exited before the call
        os._exit(1)


def run(start: WorkerStart) -> None:
    """Do what `python -u -m awslambdaric HANDLER` would do in this folder and environment."""
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
    importlib.invalidate_caches()  # file times may be too coarse to show a recent change
    gc.enable()
    runpy.run_module("awslambdaric", run_name="__main__", alter_sys=True)


def _set_title(*arguments: str) -> None:
    """Replace the command line that other processes see."""
    fields_from_third = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    start, end = (int(fields_from_third[number - 3]) for number in (_ARG_START, _ARG_END))
    title = "\0".join(arguments).encode()[: end - start - 1]
    ctypes.memset(start, 0, end - start)
    ctypes.memmove(start, title, len(title))


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # on Ctrl-C the emulator stops the workers first
    gc.disable()
    preload()
    gc.freeze()  # otherwise a garbage collection in a worker would copy all shared pages
    start = ForkServer(socket.socket(fileno=int(sys.argv[1]))).serve()
    if start:
        run(start)


if __name__ == "__main__":
    main()
