"""Finds the processes that run functions, from outside the emulator."""

import os
import subprocess
from pathlib import Path


def worker_pids(function: str) -> list[int]:
    """The function's workers, idle or busy, in all emulators that this user runs on this machine."""
    variable = f"AWS_LAMBDA_FUNCTION_NAME={function}"
    if Path("/proc/self/environ").exists():
        return [pid for pid in _processes() if variable in _read(pid, "environ") or _is_fork_for(function, pid)]
    listed = subprocess.run(["ps", "-xEww", "-o", "pid=,command="], capture_output=True, text=True, check=True).stdout
    return [int(line.split()[0]) for line in listed.splitlines() if variable in line.split()]


def _processes() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _is_fork_for(function: str, pid: int) -> bool:
    """Other processes see the fork server's environment for a fork, but the fork's own arguments."""
    program, *arguments = _read(pid, "cmdline")
    return program == "awslambdaric" and function in arguments


def _read(pid: int, file: str) -> list[str]:
    try:
        return Path(f"/proc/{pid}/{file}").read_text(errors="replace").split("\0")
    except OSError:  # another user's, or it has ended
        return [""]
