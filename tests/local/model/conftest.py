"""One stand-in for all tests; a unique word in each test's prompts isolates it from the others."""

import uuid
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config

from local.model.process import ModelProcess
from local.workspace import free_port


@pytest.fixture(scope="session")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModelProcess]:
    log = tmp_path_factory.mktemp("model") / "model.log"
    with ModelProcess(log, free_port(), {"MODEL_TOKENS_PER_SECOND": "2000"}) as process:
        yield process


@pytest.fixture
def word(stand_in: ModelProcess) -> Iterator[str]:
    """A word that only this test uses."""
    word = f"word{uuid.uuid4().hex}"
    yield word
    stand_in.forget(word)


@pytest.fixture(scope="session")
def bedrock(stand_in: ModelProcess) -> Any:
    return runtime_client(stand_in.endpoint)


def runtime_client(endpoint: str) -> Any:
    session = boto3.Session("test", "test", region_name="us-west-2")
    once = Config(retries={"total_max_attempts": 1}, read_timeout=30)
    return session.client("bedrock-runtime", endpoint_url=endpoint, config=once)
