import pytest

from commerce.support import wiring
from commerce.support.handlers.support_message import handler
from tests.commerce.support.fakes import Live
from tests.shared.sockets.message_contract import MessageContract, Say, said_to


@pytest.fixture
def say(stage: Live, monkeypatch: pytest.MonkeyPatch) -> Say:
    return said_to(handler, wiring, stage, monkeypatch)


class TestSupportMessage(MessageContract):
    def test_what_was_said_is_in_the_history(self, stage: Live, say: Say) -> None:
        for _ in range(2):
            (accepted,) = say(input="Hello", sessionId="mine", messageId="m1")
        assert [(run_id, kept.input) for run_id, kept in stage.history.kept.items()] == [(accepted["runId"], "Hello")]
        assert stage.history.sessions_by_id["mine"].user_id == "ada"

    def test_a_session_that_became_anothers_in_between_is_so_too(
        self, stage: Live, say: Say, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stage.own_session("bens", "ben")
        reads = iter([None, stage.history.sessions_by_id["bens"]])
        monkeypatch.setattr(stage.history, "session", lambda *_: next(reads))
        assert say(input="Hi", sessionId="bens")[0]["status"] == 404
