import pytest

from personalization import wiring
from shared.cursors import Cursors
from tests.personalization.contracts.stores import MemoryStore
from tests.personalization.examples import a_supporter


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
