"""What runs in the background of a workspace: the local AWS, and the stand-in for the models of Bedrock."""

import os
import shutil
import signal
import urllib.request
from http.client import HTTPException

from local.background import Background
from local.emulator.process import is_ready as emulator_is_ready
from local.emulator.process import server_environment
from local.workspace import HOST, REGION, Workspace


def emulator(workspace: Workspace) -> Background:
    """The local AWS; its data lies in the workspace and is saved when it is asked to end."""
    environment = server_environment(workspace.emulator, workspace.port, region=REGION, persist=True)
    # Functions start twice as fast with bytecode; the source tree stays free of it.
    environment["PYTHONPYCACHEPREFIX"] = str(workspace.state / "pycache")
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    folder = workspace.emulator
    return Background("local-aws", "local.emulator.launch", folder, workspace.port, environment, emulator_is_ready)


def model(workspace: Workspace) -> Background:
    """The model stand-in; MODEL_URL and MODEL_NAME in the environment make it relay to a real model."""
    environment = os.environ | {"MODEL_PORT": str(workspace.model_port)}
    folder = workspace.state / "model"
    return Background("model", "local.model.server", folder, workspace.model_port, environment, _model_is_ready)


def start(workspace: Workspace) -> None:
    if emulator(workspace).pid is None:
        forget_temporary_files(workspace)
        (workspace.emulator / "tmp").mkdir(parents=True)
    emulator(workspace).start()
    model(workspace).start()
    (workspace.state / "port").write_text(str(workspace.port))


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


def _model_is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/_model/ready", timeout=5):
            return True
    except (OSError, HTTPException):
        return False
