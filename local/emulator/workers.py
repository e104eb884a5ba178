"""The processes that run functions, as seen from outside the emulator."""

import os
import subprocess
from pathlib import Path


def worker_pids(function: str) -> list[int]:
    """The processes that stand ready for a function, or run it, in any emulator of this user's on this machine."""
    variable = f"AWS_LAMBDA_FUNCTION_NAME={function}"
    if Path("/proc/self/environ").exists():
        return [pid for pid in _processes() if variable in _read(pid, "environ") or _is_fork_for(function, pid)]
    listed = subprocess.run(["ps", "-xEww", "-o", "pid=,command="], capture_output=True, text=True, check=True).stdout
    return [int(line.split()[0]) for line in listed.splitlines() if variable in line.split()]


def _processes() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _is_fork_for(function: str, pid: int) -> bool:
    """A fork's environment is seen as that of the fork server; its arguments are its own."""
    program, *arguments = _read(pid, "cmdline")
    return program == "awslambdaric" and function in arguments


def _read(pid: int, file: str) -> list[str]:
    try:
        return Path(f"/proc/{pid}/{file}").read_text(errors="replace").split("\0")
    except OSError:  # it is not ours, or has ended
        return [""]
