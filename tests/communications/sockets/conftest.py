import pytest

from communications.sockets import wiring
from tests.communications.sockets.fakes import Stage


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    stage = Stage()
    for name in ("tickets", "connections", "access_ends", "access", "sender", "router", "deliverer"):
        monkeypatch.setattr(wiring, name, lambda name=name: getattr(stage, name))
    monkeypatch.setattr(wiring, "socket_url", lambda: "wss://example/v1")
    monkeypatch.setattr(wiring, "socket_limit", lambda: 4)
    return stage
