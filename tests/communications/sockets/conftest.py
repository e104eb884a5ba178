import pytest

from communications.sockets import wiring
from shared.http import edge
from tests.communications.sockets.fakes import Stage

_FAKES = (
    *("tickets", "connections", "access_ends", "access", "sender", "router", "deliverer"),
    *("inbox", "streams", "stream_tickets", "clock"),
)


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    stage = Stage()
    monkeypatch.setattr(edge, "access", lambda: stage.access)
    for name in (
        "tickets",
        "connections",
        "access_ends",
        "access",
        "sender",
        "router",
        "deliverer",
        "inbox",
        "streams",
        "stream_tickets",
        "clock",
    ):
        monkeypatch.setattr(wiring, name, lambda name=name: getattr(stage, name))
    monkeypatch.setattr(wiring, "socket_url", lambda: "wss://example/v1")
    monkeypatch.setattr(wiring, "socket_limit", lambda: 4)
    return stage
