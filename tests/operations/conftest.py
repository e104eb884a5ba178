"""An emulator for the commands that change an account."""

from collections.abc import Iterator

import pytest

from local.emulator.process import EmulatorProcess
from local.workspace import free_port
from operations import environment as environments


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    settings = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    with (
        EmulatorProcess(tmp_path_factory.mktemp("operations"), free_port()) as emulator,
        pytest.MonkeyPatch.context() as patch,
    ):
        for name, value in (settings | {"AWS_ENDPOINT_URL": emulator.endpoint}).items():
            patch.setenv(name, value)
        environments._session.cache_clear()
        yield
        environments._session.cache_clear()
