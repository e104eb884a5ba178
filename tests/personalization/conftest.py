from collections.abc import Iterator

import pytest

from personalization.donations import wiring
from shared.http.cursors import Cursors
from tests.conformance import answers_are_as_declared
from tests.personalization.examples import a_supporter
from tests.personalization.stores import DynamoStore, MemoryStore, dynamo_store
from tests.shared.dynamodb.clients import forget_clients

__all__ = ["answers_are_as_declared"]


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> MemoryStore:
    """Ada, Bob and the ledger that the handlers use."""
    store = MemoryStore()
    store.keep(a_supporter("ada"))
    store.keep(a_supporter("bob"))
    monkeypatch.setattr(wiring, "ledger", lambda: store.ledger)
    monkeypatch.setattr(wiring, "first_answers", lambda: store.first_answers)
    monkeypatch.setattr(wiring, "cursors", lambda: Cursors("a key for tests"))
    return store


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
    forget_clients()
    yield
    forget_clients()
