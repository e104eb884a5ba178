"""What the message handlers of all contexts do with what comes over a socket."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest

from shared.auth.callers import Caller, authorizer_context
from shared.runs.run import text_of
from shared.sockets.messages import SocketRouter
from tests.shared.lambda_context import CONTEXT
from tests.shared.runs.live import LiveFakes

type Say = Callable[..., list[dict[str, Any]]]


class NoParts:
    def add(self, *_: object) -> None: ...


def said_to(handler: Callable[..., Any], wiring: ModuleType, stage: LiveFakes, monkeypatch: pytest.MonkeyPatch) -> Say:
    """Sends messages to the handler; what comes back over the socket for one."""
    router = SocketRouter(
        sender=stage.sender,
        runs=stage.run_service,
        access=stage.access,
        parts=NoParts(),
        accept=wiring.accept_message,
        now=lambda: datetime.now(UTC),
    )
    monkeypatch.setattr(wiring, "socket_router", lambda: router)

    def send(user_id: str = "ada", **message: object) -> list[dict[str, Any]]:
        before = len(stage.sender.sent.get("c1", []))
        authorizer = {**authorizer_context(Caller(user_id)), "sessionId": "s1"}
        context = {"connectionId": "c1", "authorizer": authorizer}
        answer = handler({"requestContext": context, "body": json.dumps({"action": "message", **message})}, CONTEXT)
        assert answer == {"statusCode": 200}
        return stage.sender.sent.get("c1", [])[before:]

    return send


class MessageContract:
    """With the fixtures `stage` and `say` of a context."""

    def test_a_message_is_accepted_and_its_run_waits_for_a_worker(self, stage: LiveFakes, say: Say) -> None:
        (accepted,) = say(input="Hello", sessionId="mine")
        assert (accepted["type"], accepted["sessionId"]) == ("accepted", "mine")
        run = stage.log.runs[accepted["runId"]]
        assert (run.kind, run.user_id, run.subject, run.request) == (stage.kind, "ada", "ada", {"input": "Hello"})
        assert run.followers == {"c1": 0}
        assert stage.queue.put_runs == [run.run_id]

    def test_without_a_session_it_is_that_of_the_socket(self, say: Say) -> None:
        assert say(input="Hello")[0]["sessionId"] == "s1"

    @pytest.mark.parametrize(
        "message",
        [
            {},
            {"input": ""},
            {"input": "x" * 8001},
            {"input": "\x00"},
            {"input": 1},
            {"input": "Hi", "sessionId": "no spaces"},
            {"input": "Hi", "sessionId": None},
            {"input": "Hi", "userId": "ben"},
        ],
    )
    def test_what_means_nothing_is_refused_field_by_field(
        self, stage: LiveFakes, say: Say, message: dict[str, object]
    ) -> None:
        (answer,) = say(**message)
        assert (answer["type"], answer["status"]) == ("error", 422)
        assert answer["errors"]
        assert stage.queue.put_runs == []

    def test_anothers_session_is_as_if_it_were_not_there(self, stage: LiveFakes, say: Say) -> None:
        stage.own_session("bens", "ben")
        assert say(input="Hi", sessionId="bens")[0]["status"] == 404
        assert stage.queue.put_runs == []

    def test_a_message_that_comes_again_follows_the_first_run(self, stage: LiveFakes, say: Say) -> None:
        (first,) = say(input="Hello", messageId="m1")
        stage.say("Hel", "lo", run_id=first["runId"])
        again, *frames = say(input="Hello", messageId="m1")
        assert again == first
        assert [frame["seq"] for frame in frames] == [1, 2]
        assert stage.queue.put_runs == [first["runId"]]
        assert text_of(stage.log.logs[first["runId"]]) == "Hello"

    def test_another_message_under_the_same_id_is_refused(self, stage: LiveFakes, say: Say) -> None:
        say(input="Hello", messageId="m1")
        (refusal,) = say(input="Goodbye", messageId="m1")
        assert refusal["status"] == 422
        assert [error.field for error in refusal["errors"]] == ["messageId"]
        assert len(stage.queue.put_runs) == 1

    def test_another_users_message_of_the_same_id_is_their_own(self, stage: LiveFakes, say: Say) -> None:
        say(input="Hello", messageId="m1")
        say(user_id="ben", input="Hello", messageId="m1", sessionId="bens")
        assert len(stage.queue.put_runs) == 2
