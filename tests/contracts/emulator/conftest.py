"""At most two emulators for each test process: with all patches, as the platform uses it, and without any."""

from collections.abc import Iterator

import pytest

from local.emulator.process import EmulatorProcess
from local.workspace import HOST, free_port
from tests.contracts.emulator.application_stack import Application
from tests.contracts.emulator.aws import Aws
from tests.contracts.emulator.live_stack import Live

QUICK_RETRIES = {"LAMBDA_ASYNC_RETRY_BASE_SECONDS": "0.05"}
KNOWLEDGE_BASES = {"KNOWLEDGE_BASE_MODEL_URL": f"http://{HOST}:{free_port()}", "KNOWLEDGE_BASE_START_SECONDS": "0.2"}
SETTINGS = QUICK_RETRIES | KNOWLEDGE_BASES


@pytest.fixture(scope="session")
def patched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    folder = tmp_path_factory.mktemp("patched")
    with EmulatorProcess(folder, free_port(), environment=SETTINGS) as emulator:
        yield Aws(emulator.endpoint, SETTINGS)


@pytest.fixture(scope="session")
def unpatched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    folder = tmp_path_factory.mktemp("unpatched")
    environment = SETTINGS | {"WITHOUT_PATCHES": "all"}
    with EmulatorProcess(folder, free_port(), environment=environment) as emulator:
        yield Aws(emulator.endpoint, environment)


@pytest.fixture(scope="session")
def live(patched: Aws) -> Live:
    return Live.deploy(patched)


@pytest.fixture(scope="session")
def app(patched: Aws) -> Application:
    return Application.deploy(patched)
