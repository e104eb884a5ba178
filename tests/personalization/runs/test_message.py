import pytest

from personalization.runs import wiring
from personalization.runs.handlers.message import handler
from tests.personalization.runs.fakes import Live
from tests.shared.sockets.message_contract import MessageContract, Say, said_to


@pytest.fixture
def say(stage: Live, monkeypatch: pytest.MonkeyPatch) -> Say:
    return said_to(handler, wiring, stage, monkeypatch)


class TestMessage(MessageContract): ...
