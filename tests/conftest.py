from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.shared.emulator import running_emulator

# A busy machine is no bug: neither an example's duration nor the time it took to make one fails a test.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The endpoint of a local AWS that runs as long as the session."""
    with running_emulator(tmp_path_factory.mktemp("emulator")) as endpoint:
        yield endpoint
