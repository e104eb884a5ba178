import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from commerce.support import wiring
from commerce.support.domain.history import Session
from commerce.support.handlers.support_message import handler
from shared.auth.callers import Caller, authorizer_context
from shared.sockets.messages import SocketRouter
from tests.commerce.support.fakes import Live
from tests.shared.lambda_context import CONTEXT

type Say = Callable[..., list[dict[str, Any]]]


class NoParts:
    def add(self, *_: object) -> None: ...


@pytest.fixture
def say(stage: Live, monkeypatch: pytest.MonkeyPatch) -> Say:
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
        """What comes back over the socket for a message."""
        before = len(stage.sender.sent.get("c1", []))
        authorizer = {**authorizer_context(Caller(user_id)), "sessionId": "s1"}
        context = {"connectionId": "c1", "authorizer": authorizer}
        handler({"requestContext": context, "body": json.dumps({"action": "message", **message})}, CONTEXT)
        return stage.sender.sent.get("c1", [])[before:]

    return send


def test_a_message_is_accepted_and_its_run_waits_for_a_worker(stage: Live, say: Say) -> None:
    (accepted,) = say(input="Hello", sessionId="mine")
    assert (accepted["type"], accepted["sessionId"]) == ("accepted", "mine")
    run = stage.log.runs[accepted["runId"]]
    assert (run.kind, run.user_id, run.request, run.followers) == ("support", "ada", {"input": "Hello"}, {"c1": 0})
    assert stage.queue.put_runs == [run.run_id]
    assert stage.history.kept[run.run_id].input == "Hello"
    assert stage.history.sessions_by_id["mine"].user_id == "ada"


def test_without_a_session_it_is_that_of_the_socket(say: Say) -> None:
    assert say(input="Hello")[0]["sessionId"] == "s1"


@pytest.mark.parametrize(
    "message", [{}, {"input": ""}, {"input": "x" * 8001}, {"input": "\x00"}, {"input": "Hi", "userId": "ben"}]
)
def test_what_means_nothing_is_refused_field_by_field(stage: Live, say: Say, message: dict[str, object]) -> None:
    (answer,) = say(**message)
    assert (answer["type"], answer["status"]) == ("error", 422)
    assert stage.queue.put_runs == []


def test_anothers_session_is_as_if_it_were_not_there(stage: Live, say: Say) -> None:
    now = datetime.now(UTC)
    stage.history.sessions_by_id["bens"] = Session("bens", "ben", now, now)
    assert say(input="Hi", sessionId="bens")[0]["status"] == 404
    assert stage.queue.put_runs == []


def test_a_session_that_became_anothers_in_between_is_so_too(
    stage: Live, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    stage.history.sessions_by_id["bens"] = Session("bens", "ben", now, now)
    reads = iter([None, stage.history.sessions_by_id["bens"]])
    monkeypatch.setattr(stage.history, "session", lambda *_: next(reads))
    assert say(input="Hi", sessionId="bens")[0]["status"] == 404


def test_a_message_that_comes_again_follows_the_first_run(stage: Live, say: Say) -> None:
    (first,) = say(input="Hello", messageId="m1")
    stage.say("Hel", "lo", run_id=first["runId"])
    again, *frames = say(input="Hello", messageId="m1")
    assert again == first
    assert [frame["seq"] for frame in frames] == [1, 2]
    assert len(stage.history.kept) == 1
