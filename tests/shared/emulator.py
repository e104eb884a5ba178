"""The local AWS as a process of its own, for the contracts that real adapters must keep."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.emulator.process import EmulatorProcess
from local.workspace import free_port


@contextmanager
def running_emulator(folder: Path) -> Iterator[str]:
    """The endpoint of an emulator that runs as long as the block, with its files in `folder`."""
    with EmulatorProcess(folder, free_port()) as emulator:
        yield emulator.endpoint
