"""What runs in the background of a workspace: the local AWS, and the stand-in for the models of Bedrock."""

import os
import shutil
import signal
from pathlib import Path

from local.background import Background
from local.emulator.process import emulator_program
from local.fingerprints import fingerprint
from local.model.process import model_program
from local.workspace import Workspace

_SOURCES = ("local", "uv.lock")


def emulator(workspace: Workspace) -> Background:
    """The local AWS; its data lies in the workspace and is saved when it is asked to end."""
    # Functions start twice as fast with bytecode; the source tree stays free of it.
    bytecode = {"PYTHONPYCACHEPREFIX": str(workspace.state / "pycache"), "PYTHONDONTWRITEBYTECODE": ""}
    settings = {**bytecode, "PRELOAD": "1"}
    program = emulator_program(workspace.emulator, workspace.port, persist=True, environment=settings)
    return Background(program, workspace.emulator)


def model(workspace: Workspace) -> Background:
    """The model stand-in; MODEL_URL and MODEL_NAME in the environment make it relay to a real model."""
    return Background(model_program(workspace.model_port, os.environ), workspace.state / "model")


def start(workspace: Workspace) -> None:
    """Start both, anew where they were made of other code than that of now; data is kept."""
    made_of = fingerprint(_SOURCES)
    if _made_of(workspace).is_file() and _made_of(workspace).read_text() != made_of:
        stop(workspace)
    if emulator(workspace).pid is None:
        forget_temporary_files(workspace)
        (workspace.emulator / "tmp").mkdir(parents=True)
    emulator(workspace).start()
    model(workspace).start()
    (workspace.state / "port").write_text(str(workspace.port))
    _made_of(workspace).write_text(made_of)


def _made_of(workspace: Workspace) -> Path:
    return workspace.state / "made-of"


def stop(workspace: Workspace) -> bool:
    """End both; True if any ran."""
    stopped = [model(workspace).stop(), emulator(workspace).stop()]
    forget_temporary_files(workspace)
    return any(stopped)


def forget_warm_functions(workspace: Workspace) -> None:
    """The next request starts fresh workers, which read the code as it is now."""
    emulator(workspace).signal(signal.SIGHUP)


def forget_temporary_files(workspace: Workspace) -> None:
    """Unpacked functions and layers of an emulator that is no more."""
    shutil.rmtree(workspace.emulator / "tmp", ignore_errors=True)
