import pytest

from commerce.support import wiring
from shared.http.cursors import Cursors
from tests.commerce.support.fakes import stage

__all__ = ["stage"]


@pytest.fixture(autouse=True)
def cursors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "cursors", lambda: Cursors("a key for tests"))
