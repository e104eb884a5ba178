import pytest

from communications.conversations import wiring
from shared.http.cursors import Cursors
from tests.communications.conversations.post_office import PostOffice


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> PostOffice:
    """What the functions' wiring makes."""
    made = PostOffice()
    cursors = Cursors("key")
    for name in ("sending", "fan_out", "reading", "listing", "receipts", "changing", "moderation", "blocks"):
        monkeypatch.setattr(wiring, name, lambda name=name: getattr(made, name))
    monkeypatch.setattr(wiring, "cursors", lambda: cursors)
    return made
