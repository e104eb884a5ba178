"""The deployed platform, and its functions behind `sam local start-api`."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.sam_local.commands import start_api
from tests.e2e.clients import Platform, User


@pytest.fixture(scope="session")
def platform() -> Platform:
    if "SAM_LOCAL_CONFIG" not in os.environ:
        pytest.skip("needs containers and a built application: make test-sam-local")
    return Platform(json.loads(Path(os.environ["ALMONER_OUTPUTS"]).read_text()))


@pytest.fixture(scope="session")
def supporter(platform: Platform) -> User:
    return platform.sample_user(None)


@pytest.fixture(scope="session")
def start_api_url(platform: Platform) -> Iterator[str]:  # noqa: ARG001  without a platform there is nothing to start
    with start_api() as url:
        yield url
