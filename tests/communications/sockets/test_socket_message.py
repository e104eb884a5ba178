import json
from datetime import timedelta
from typing import Any

import pytest

from communications.inbox.domain.inbox import Entry, Kind
from communications.sockets.handlers.socket_message import handler
from shared.auth.callers import Caller, authorizer_context
from tests.communications.examples import NOW
from tests.communications.inbox.fakes import put
from tests.communications.sockets.fakes import Stage
from tests.shared.lambda_context import CONTEXT

MESSAGE = Entry(Kind.MESSAGE, {"messageId": "m"}, messages=1)


def say(stage: Stage, message: object, user_id: str = "ada") -> list[dict[str, Any]]:
    """What comes back."""
    caller = Caller(user_id, signed_in_at=NOW - timedelta(minutes=1))
    context = {"routeKey": "$default", "connectionId": "c1", "authorizer": authorizer_context(caller)}
    before = len(stage.sender.sent.get("c1", []))
    body = message if isinstance(message, str) else json.dumps(message)
    assert handler({"requestContext": context, "body": body}, CONTEXT) == {"statusCode": 200}
    return stage.sender.sent.get("c1", [])[before:]


def test_ping_is_answered_with_the_last_number(stage: Stage) -> None:
    assert say(stage, {"action": "ping"}) == [{"type": "pong", "seq": 0}]
    put(stage.inbox, MESSAGE, MESSAGE)
    assert say(stage, {"action": "ping"}) == [{"type": "pong", "seq": 2}]


def test_client_that_was_away_gets_what_it_has_missed(stage: Stage) -> None:
    put(stage.inbox, MESSAGE, MESSAGE, MESSAGE)
    put(stage.inbox, MESSAGE, user_id="ben")

    frames = say(stage, {"action": "since", "seq": 1})

    assert [(frame["type"], frame["seq"]) for frame in frames] == [("message", 2), ("message", 3), ("upTo", 3)]


def test_pages_have_200_frames(stage: Stage) -> None:
    put(stage.inbox, *([MESSAGE] * 201))

    frames = say(stage, {"action": "since", "seq": 0})

    assert (len(frames), frames[-1]) == (201, {"type": "upTo", "seq": 200, "more": True})


def test_nothing_more_is_sent_to_a_socket_that_is_gone(stage: Stage) -> None:
    put(stage.inbox, MESSAGE, MESSAGE)
    stage.sender.away.add("c1")

    assert say(stage, {"action": "since", "seq": 0}) == []


def test_whoever_was_signed_out_learns_nothing(stage: Stage) -> None:
    put(stage.inbox, MESSAGE)
    stage.access_ends.end("ada", NOW)

    assert [frame["type"] for frame in say(stage, {"action": "since", "seq": 0})] == ["error"]


@pytest.mark.parametrize(
    ("message", "field"),
    [
        ({"action": "since"}, "seq"),
        ({"action": "since", "seq": -1}, "seq"),
        ({"action": "since", "seq": "1"}, "seq"),
        ({"action": "since", "seq": 10**13}, "seq"),
        ({"action": "since", "seq": 1, "userId": "ben"}, "userId"),
        ({"action": "message"}, "action"),
        ({}, "action"),
    ],
)
def test_message_that_cannot_be_carried_out_is_answered_with_an_error(
    stage: Stage, message: dict[str, object], field: str
) -> None:
    [frame] = say(stage, message)

    assert (frame["type"], [error.field for error in frame["errors"]]) == ("error", [field])


def test_what_is_no_object_is_answered_with_an_error(stage: Stage) -> None:
    assert [frame["type"] for text in ("", "[]", "{", '"since"') for frame in say(stage, text)] == ["error"] * 4
