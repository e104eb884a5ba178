from collections.abc import Iterator

import pytest

from shared.dynamodb import service
from tests.personalization.contracts.stores import DynamoStore, dynamo_store


@pytest.fixture
def dynamo(emulator: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoStore]:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", emulator)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with dynamo_store(emulator) as store:
        yield store


@pytest.fixture
def out_of_reach(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A DynamoDB where nobody listens: at the port of the discard service."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    service.cache_clear()
    yield
    service.cache_clear()
