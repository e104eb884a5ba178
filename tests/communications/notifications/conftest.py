from typing import Any

import pytest

from communications.notifications import wiring
from communications.notifications.domain.explaining import Explaining
from communications.notifications.domain.previewing import Samples
from shared.http.cursors import Cursors
from tests.communications.notifications.world import World
from tests.shared.persistence.fake_transactions import FakeTransaction


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """What the handlers of this feature work on."""
    world = World()
    wired: dict[str, Any] = {
        "changes": world.changes,
        "explaining": Explaining(world.notifications, world.decisions, world.outbox),
        "notifying": world.notifying,
        "releasing": world.releasing,
        "samples": Samples(world.users, world.outbox, "Almoner", FakeTransaction),
        "sources": world.sources,
        "staff": world.staff,
        "tombstones": world.erased,
        "charity": "Almoner",
        "cursors": Cursors("a key"),
    }
    for name, value in wired.items():
        monkeypatch.setattr(wiring, name, lambda value=value: value)
    return world
