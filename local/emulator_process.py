"""The local AWS as a process in the background: start it, find it, end it."""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from local.emulator.process import is_ready, server_environment
from local.workspace import REGION, ROOT, CannotContinue, Workspace, port_is_taken

_START_SECONDS = 60
_STOP_SECONDS = 30


def running_pid(workspace: Workspace) -> int | None:
    """The emulator's pid, if it is this workspace's and alive."""
    pid = _recorded_pid(workspace)
    if pid is None:
        return None
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # no such process, or no /proc on this system
        command = _command_by_ps(pid)
    return pid if b"local.emulator.launch" in command else None


def died(workspace: Workspace) -> bool:
    """Whether an emulator was started here and ended without being asked to, so that its data was not saved."""
    return _recorded_pid(workspace) is not None and running_pid(workspace) is None


def start(workspace: Workspace) -> bool:
    """Start the local AWS unless it runs already; True if it was started. Raises CannotContinue."""
    if running_pid(workspace) is not None:
        if not is_ready(workspace.port):
            _wait_until_ready(workspace)
        return False
    if port_is_taken(workspace.port):
        raise CannotContinue(
            f"Port {workspace.port} is taken by another program. End it, or choose another port: make up PORT=4600"
        )
    _forget_temporary_files(workspace)
    workspace.emulator.mkdir(parents=True, exist_ok=True)
    with _log(workspace).open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "local.emulator.launch"],
            cwd=ROOT,
            env=_emulator_environment(workspace),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _pid_file(workspace).write_text(str(process.pid))
    (workspace.state / "port").write_text(str(workspace.port))
    _wait_until_ready(workspace)
    return True


def stop(workspace: Workspace) -> bool:
    """End the local AWS and let it save its data; True if there was one."""
    pid = running_pid(workspace)
    if pid is not None:
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + _STOP_SECONDS
        while running_pid(workspace) is not None:
            if time.monotonic() > deadline:
                raise CannotContinue(f"The local AWS (pid {pid}) does not end; its log is {_log(workspace)}.")
            _reap()
            time.sleep(0.05)
    _pid_file(workspace).unlink(missing_ok=True)
    _forget_temporary_files(workspace)
    return pid is not None


def forget_warm_functions(workspace: Workspace) -> None:
    """The next request starts fresh workers, which read the code as it is now."""
    pid = running_pid(workspace)
    if pid is None:
        raise CannotContinue("The local AWS does not run. Start it: make up")
    os.kill(pid, signal.SIGHUP)


def memory_mb(workspace: Workspace) -> int:
    """What the emulator and its Lambda workers hold, in MB of proportional memory (shared pages counted once)."""
    pid = running_pid(workspace)
    return 0 if pid is None else sum(_pss_kb(member) for member in _family(pid)) // 1024


def _emulator_environment(workspace: Workspace) -> dict[str, str]:
    (workspace.emulator / "tmp").mkdir(parents=True, exist_ok=True)
    environment = server_environment(workspace.emulator, workspace.port, region=REGION, persist=True)
    # Workers start twice as fast with bytecode; the source tree stays free of it.
    environment["PYTHONPYCACHEPREFIX"] = str(workspace.state / "pycache")
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


def _wait_until_ready(workspace: Workspace) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not is_ready(workspace.port):
        _reap()
        if running_pid(workspace) is None:
            tail = "\n".join(_log(workspace).read_text(errors="replace").splitlines()[-15:])
            _pid_file(workspace).unlink(missing_ok=True)
            raise CannotContinue(f"The local AWS did not start. The end of its log, {_log(workspace)}:\n{tail}")
        if time.monotonic() > deadline:
            raise CannotContinue(f"The local AWS is not ready after {_START_SECONDS} s; see {_log(workspace)}.")
        time.sleep(0.05)


def _forget_temporary_files(workspace: Workspace) -> None:
    """Unpacked functions and layers of an emulator that is no more."""
    shutil.rmtree(workspace.emulator / "tmp", ignore_errors=True)


def _recorded_pid(workspace: Workspace) -> int | None:
    try:
        return int(_pid_file(workspace).read_text())
    except (FileNotFoundError, ValueError):
        return None


def _pid_file(workspace: Workspace) -> Path:
    return workspace.emulator / "pid"


def _log(workspace: Workspace) -> Path:
    return workspace.emulator / "emulator.log"


def _reap() -> None:
    """Collect an emulator that this very process started and that has ended: a zombie still has a pid."""
    with suppress(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def _command_by_ps(pid: int) -> bytes:
    return subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, check=False).stdout


def _family(pid: int) -> list[int]:
    """A process and all its descendants; on Linux."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children") if children.exists() else []:
        found += [member for child in task.read_text().split() for member in _family(int(child))]
    return found


def _pss_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
