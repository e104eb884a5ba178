"""The processes that run functions, as seen from outside the emulator."""

import os
import subprocess
from pathlib import Path

_NAME = "AWS_LAMBDA_FUNCTION_NAME="


def worker_pids(function: str) -> list[int]:
    """The processes that stand ready for a function, or run it, in any emulator of this user's on this machine."""
    wanted = f"{_NAME}{function}"
    if Path("/proc/self/environ").exists():
        return [pid for pid in _processes() if wanted in _environment(pid)]
    listed = subprocess.run(["ps", "-xEww", "-o", "pid=,command="], capture_output=True, text=True, check=True).stdout
    return [int(line.split()[0]) for line in listed.splitlines() if wanted in line.split()]


def _processes() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _environment(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/environ").read_text(errors="replace").split("\0")
    except OSError:  # it is not ours, or has ended
        return []
