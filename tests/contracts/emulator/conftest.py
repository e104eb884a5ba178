"""At most two emulators for each test process: with all patches, as the platform uses it, and without any."""

from collections.abc import Iterator

import pytest

from local.emulator.process import EmulatorProcess, free_port
from tests.contracts.emulator.application_stack import Application
from tests.contracts.emulator.aws import Aws
from tests.contracts.emulator.live_stack import Live

QUICK_RETRIES = {"LAMBDA_ASYNC_RETRY_BASE_SECONDS": "0.05"}


@pytest.fixture(scope="session")
def patched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    folder = tmp_path_factory.mktemp("patched")
    with EmulatorProcess(folder, free_port(), environment=QUICK_RETRIES) as emulator:
        yield Aws(emulator.endpoint, QUICK_RETRIES)


@pytest.fixture(scope="session")
def unpatched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    folder = tmp_path_factory.mktemp("unpatched")
    environment = QUICK_RETRIES | {"WITHOUT_PATCHES": "all"}
    with EmulatorProcess(folder, free_port(), environment=environment) as emulator:
        yield Aws(emulator.endpoint, environment)


@pytest.fixture(scope="session")
def live(patched: Aws) -> Live:
    return Live.deploy(patched)


@pytest.fixture(scope="session")
def app(patched: Aws) -> Application:
    return Application.deploy(patched)
