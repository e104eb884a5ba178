"""A program of the local platform that runs in the background: starting, finding and stopping it."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from local.program import DidNotStart, Program
from local.workspace import CannotContinue, port_is_taken

_STOP_SECONDS = 30


@dataclass(frozen=True)
class Background:
    """Its log and pid file are in `folder`. A program that crashed leaves its pid file behind."""

    program: Program
    folder: Path

    @property
    def name(self) -> str:
        return self.program.name

    @property
    def port(self) -> int:
        return self.program.port

    @property
    def pid(self) -> int | None:
        """None if the program is not running; the recorded pid may belong to another program by now."""
        pid = self._recorded_pid
        return pid if pid is not None and self.program.module.encode() in _command_of(pid) else None

    @property
    def died(self) -> bool:
        """Whether it was started and has stopped unexpectedly."""
        return self._recorded_pid is not None and self.pid is None

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    def start(self) -> bool:
        """Start it unless it is running, and wait until it is ready; True if it was started. Raises CannotContinue."""
        process = None if self.pid is not None else self._spawn()
        self._wait_until_ready(process)
        return process is not None

    def stop(self) -> bool:
        """Terminate it and wait; True if it was running. Raises CannotContinue if it does not stop."""
        pid = self.pid
        if pid is not None:
            os.kill(pid, signal.SIGTERM)
            deadline = time.monotonic() + _STOP_SECONDS
            while self.pid is not None:
                if time.monotonic() > deadline:
                    raise CannotContinue(f"{self.name} (pid {pid}) does not stop. See {self.log}")
                _reap()
                time.sleep(0.05)
        self._pid_file.unlink(missing_ok=True)
        return pid is not None

    def signal(self, number: signal.Signals) -> None:
        """Raises CannotContinue if it is not running."""
        pid = self.pid
        if pid is None:
            raise CannotContinue(f"{self.name} is not running. Start it: make up")
        os.kill(pid, number)

    @property
    def memory_mb(self) -> int:
        """Of it and its children: PSS, which counts shared pages once. 0 except on Linux."""
        return 0 if self.pid is None else sum(_pss_kb(member) for member in family(self.pid)) // 1024

    def _spawn(self) -> subprocess.Popen[bytes]:
        if port_is_taken(self.port):
            raise CannotContinue(
                f"Port {self.port} ({self.name}) is in use by another program. "
                "Stop it, or choose another port: make up PORT=4600"
            )
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log:
            process = self.program.spawn(log, stdin=subprocess.DEVNULL, start_new_session=True)
        self._pid_file.write_text(str(process.pid))
        return process

    def _wait_until_ready(self, spawned: subprocess.Popen[bytes] | None) -> None:
        def has_ended() -> bool:
            # Between fork and exec, a new process still has our command line.
            return self.pid is None if spawned is None else spawned.poll() is not None

        try:
            self.program.wait_until_ready(self.log, has_ended)
        except DidNotStart:
            if has_ended():
                self._pid_file.unlink(missing_ok=True)
            raise

    @property
    def _recorded_pid(self) -> int | None:
        try:
            return int(self._pid_file.read_text())
        except (FileNotFoundError, ValueError):
            return None

    @property
    def _pid_file(self) -> Path:
        return self.folder / f"{self.name}.pid"


def _command_of(pid: int) -> bytes:
    """A process's command line; empty for a zombie or if there is no such process."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        if Path("/proc/self").exists():
            return b""
    return subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, check=False).stdout


def _reap() -> None:
    """Collect a program that this very process started: until then, it keeps its pid as a zombie."""
    with suppress(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def family(pid: int) -> list[int]:
    """The process and all that descend from it; only itself except on Linux."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += [member for child in task.read_text().split() for member in family(int(child))]
    return found


def _pss_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
