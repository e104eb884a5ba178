import pytest

from knowledge_base.tickets import wiring
from shared.http.cursors import Cursors
from tests.knowledge_base.tickets.help_desk import HelpDesk


@pytest.fixture
def help_desk(monkeypatch: pytest.MonkeyPatch) -> HelpDesk:
    """What the functions' wiring makes."""
    made = HelpDesk()
    cursors = Cursors("key")
    for name in ("writing", "handling", "reading", "library", "uploads", "inspection", "closing", "assisting"):
        monkeypatch.setattr(wiring, name, lambda name=name: getattr(made, name))
    monkeypatch.setattr(wiring, "cursors", lambda: cursors)
    return made
