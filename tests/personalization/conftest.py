from collections.abc import Iterator

import pytest

from personalization import wiring
from shared.cursors import Cursors
from shared.http import edge_settings
from tests.personalization.contracts.stores import MemoryStore
from tests.personalization.examples import a_supporter
from tests.shared.gateway_events import CLIENT_ID, ISSUER, ORIGIN


@pytest.fixture
def edge(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The settings that every route needs."""
    monkeypatch.setenv("ALLOWED_ORIGIN", ORIGIN)
    monkeypatch.setenv("TOKEN_ISSUER", ISSUER)
    monkeypatch.setenv("TOKEN_CLIENT_ID", CLIENT_ID)
    edge_settings.cache_clear()
    yield
    edge_settings.cache_clear()


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
