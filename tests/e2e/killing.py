"""Killing the processes that run functions, before their code can react."""

import os
import signal

from local.emulator.workers import worker_pids
from tests.e2e.clients import Platform


def kill(function: str) -> int:
    """How many of its processes there were."""
    killed = 0
    for pid in worker_pids(function):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:  # another killer was faster
            continue
        killed += 1
    return killed


def names_by_stem(platform: Platform, *contexts: str) -> dict[str, str]:
    """Functions, by the stem of their handler."""
    ours = (each for each in platform.functions if each["Handler"].startswith(contexts))
    return {each["Handler"].split(".")[-2]: each["FunctionName"] for each in ours}
