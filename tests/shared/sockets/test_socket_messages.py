import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.auth.callers import Caller, authorizer_context
from shared.errors import Invalid
from shared.runs.run import Frame, Run
from shared.runs.service import RunService
from shared.runs.starting import RunStarter
from shared.sockets.connections import MAX_MESSAGE_BYTES, Connection, Part, connection_of, joined
from shared.sockets.messages import SocketRouter
from tests.shared.auth.fake_ends import FakeEnds, access_of, effect
from tests.shared.runs.fake_runs import NOW, FakeAnswerer, FakeClock, FakeLog, FakeQueue, FakeSender, a_run, answered_by


class FakeParts:
    def __init__(self) -> None:
        self.parts: dict[str, dict[int, str]] = {}

    def add(self, connection_id: str, part: Part, _: datetime) -> str | None:
        there = self.parts.setdefault(connection_id + part.message_id, {})
        there[part.index] = part.data
        return joined(there[index] for index in range(part.count)) if len(there) == part.count else None


class Stage:
    def __init__(self) -> None:
        self.log, self.sender, self.queue, self.ends, self.clock = (
            FakeLog(),
            FakeSender(),
            FakeQueue(),
            FakeEnds(),
            FakeClock(),
        )
        self.taken: list[Mapping[str, Any]] = []
        access = access_of(self.ends)
        answerers = answered_by(FakeAnswerer())
        runs = RunService(log=self.log, enders=answerers, sender=self.sender, clock=self.clock)
        self.router = SocketRouter(
            sender=self.sender,
            runs=runs,
            access=access,
            parts=FakeParts(),
            accept=self.accept,
            now=self.clock.now,
        )

    def accept(self, _: Connection, message: Mapping[str, Any], announce: Callable[[Run], None]) -> None:
        if message.get("input") == "refuse":
            raise Invalid("It means nothing.")
        if message.get("input") == "crash":
            raise ValueError("secret")
        effect()
        self.taken.append(message)
        run = a_run(f"run-{len(self.taken)}")
        RunStarter(self.log, self.queue).start(run, announce=lambda: announce(run))

    def say(self, message: object, user_id: str = "ada") -> list[dict[str, Any]]:
        """What comes back for a message, an object or text."""
        text = message if isinstance(message, str) else json.dumps(message)
        caller = Caller(user_id, signed_in_at=NOW - timedelta(minutes=1))
        context = {"connectionId": "c1", "authorizer": authorizer_context(caller)}
        before = len(self.sender.sent.get("c1", []))
        self.router.receive({"requestContext": context, "body": text})
        return self.sender.sent.get("c1", [])[before:]


def test_ping_is_answered() -> None:
    assert Stage().say({"action": "ping"}) == [{"type": "pong"}]


def test_a_message_is_accepted_before_it_is_queued() -> None:
    stage = Stage()
    assert stage.say({"action": "message", "input": "Hi"}) == [
        {"type": "accepted", "runId": "run-1", "sessionId": "s1"}
    ]
    assert stage.queue.put_runs == ["run-1"]


@pytest.mark.parametrize(
    ("message", "title"),
    [
        ("", "Bad Request"),
        ("{", "Bad Request"),
        ("[]", "Bad Request"),
        ('{"action": "ping", "action": "ping"}', "Bad Request"),
        ('{"action": NaN}', "Bad Request"),
        ("[" * 100_000, "Bad Request"),
        ('"' + "x" * MAX_MESSAGE_BYTES + '"', "Content Too Large"),
        ({}, "Unprocessable Content"),
        ({"action": "dance"}, "Unprocessable Content"),
        ({"action": ["ping"]}, "Unprocessable Content"),
        ({"action": "resume"}, "Unprocessable Content"),
        ({"action": "resume", "runId": "run-1", "after": -1}, "Unprocessable Content"),
        ({"action": "resume", "runId": "run-1", "after": "1"}, "Unprocessable Content"),
        ({"action": "stop", "runId": "../x"}, "Unprocessable Content"),
        ({"action": "stop", "runId": "no-run"}, "Not Found"),
        ({"action": "part", "messageId": "m", "index": 2, "count": 2, "data": ""}, "Unprocessable Content"),
        (
            {"action": "part", "messageId": "m", "index": 0, "count": 1, "data": '{"action": "part"}'},
            "Unprocessable Content",
        ),
        ({"action": "message", "input": "refuse"}, "Unprocessable Content"),
    ],
)
def test_what_cannot_be_understood_or_done_is_answered_with_an_error(message: object, title: str) -> None:
    (answer,) = Stage().say(message)
    assert (answer["type"], answer["title"]) == ("error", title)
    assert answer["detail"]


def test_a_bug_is_answered_with_an_error_that_tells_nothing_of_itself() -> None:
    (answer,) = Stage().say({"action": "message", "input": "crash"})
    assert answer["status"] == 500
    assert "secret" not in str(answer)


def test_parts_are_put_together_into_a_message() -> None:
    stage = Stage()
    text = json.dumps({"action": "message", "input": "long" * 100})
    halves = text[:50], text[50:]
    for index in (1, 0):
        stage.say({"action": "part", "messageId": "m1", "index": index, "count": 2, "data": halves[index]})
    assert stage.taken == [{"action": "message", "input": "long" * 100, "messageId": "m1"}]


@given(st.text(), st.lists(st.integers(0, 200), max_size=6))
@example('{"action": "message", "input": "😀"}', [32])
def test_parts_may_be_cut_anywhere_as_javascript_does(text: str, cuts: list[int]) -> None:
    """Its texts are UTF-16, and it writes half of a character as an escape."""
    stage, units = Stage(), json.dumps({"action": "message", "input": text}, ensure_ascii=False).encode("utf-16-le")
    ends = [0, *sorted(2 * cut for cut in cuts if 2 * cut < len(units)), len(units)]
    pieces = [units[start:end].decode("utf-16-le", "surrogatepass") for start, end in pairwise(ends)]
    answers = [
        stage.say({"action": "part", "messageId": "m1", "index": index, "count": len(pieces), "data": data})
        for index, data in enumerate(pieces)
    ]

    assert [message["input"] for message in stage.taken] == [text]
    assert [answer for several in answers for answer in several if answer["type"] == "error"] == []


@pytest.mark.parametrize(
    "message",
    [
        {"action": "message", "input": "\ud83d"},
        {
            "action": "part",
            "messageId": "m1",
            "index": 0,
            "count": 1,
            "data": '{"action": "message", "input": "\ud83d"}',
        },
        {"action": "part", "messageId": "m1", "index": 0, "count": 1, "data": '"\ud83d"'},
        {"action": "part", "messageId": "m1", "index": 0, "count": 1, "data": "", "\ud83d": 1},
    ],
    ids=["whole", "escaped in the parts", "in the parts", "beside the data"],
)
def test_half_of_a_character_that_stays_alone_is_refused(message: object) -> None:
    (answer,) = Stage().say(message)
    assert answer["title"] == "Bad Request"


def test_resuming_sends_what_follows_and_stopping_ends() -> None:
    stage = Stage()
    stage.say({"action": "message", "input": "Hi"})
    stage.log.take("run-1", "worker", NOW)
    for seq in (1, 2, 3):
        stage.log.append(Frame("run-1", seq, "delta", {"text": str(seq)}), NOW)
    assert [frame["seq"] for frame in stage.say({"action": "resume", "runId": "run-1", "after": 1})] == [2, 3]
    stage.say({"action": "stop", "runId": "run-1"})
    assert stage.log.runs["run-1"].status == "stopped"


@pytest.mark.parametrize("after", [0, 1, 2, 7])
def test_resuming_a_run_that_has_ended_is_answered_with_its_end(after: int) -> None:
    stage = Stage()
    stage.say({"action": "message", "input": "Hi"})
    stage.log.take("run-1", "worker", NOW)
    stage.log.append(Frame("run-1", 1, "delta", {"text": "Ho"}), NOW)
    stage.say({"action": "stop", "runId": "run-1"})

    *_, last = stage.say({"action": "resume", "runId": "run-1", "after": after})

    assert (last["type"], last["seq"]) == ("stopped", 2)


def test_stopping_is_answered_with_the_end_once() -> None:
    stage = Stage()
    stage.say({"action": "message", "input": "Hi"})
    stage.log.take("run-1", "worker", NOW)
    stage.log.append(Frame("run-1", 1, "delta", {"text": "Ho"}), NOW)

    (of_another_socket,) = stage.say({"action": "stop", "runId": "run-1"})
    (of_an_ended_run,) = stage.say({"action": "stop", "runId": "run-1"})

    assert of_another_socket == of_an_ended_run
    assert (of_an_ended_run["type"], of_an_ended_run["seq"]) == ("stopped", 2)


def test_whoever_follows_a_run_hears_of_its_end_once() -> None:
    stage = Stage()
    stage.say({"action": "message", "input": "Hi"})
    stage.say({"action": "resume", "runId": "run-1"})

    answers = stage.say({"action": "stop", "runId": "run-1"})

    assert [answer["type"] for answer in answers] == ["stopped"]


@pytest.mark.parametrize("action", ["resume", "stop"])
def test_anothers_run_is_as_if_it_were_not_there(action: str) -> None:
    stage = Stage()
    stage.say({"action": "message", "input": "Hi"})
    (answer,) = stage.say({"action": action, "runId": "run-1"}, user_id="ben")
    assert answer["title"] == "Not Found"
    assert stage.log.runs["run-1"].status == "queued"


def test_a_run_that_lost_its_worker_fails_for_whoever_comes_back_to_it() -> None:
    stage = Stage()
    stage.say({"action": "message", "input": "Hi"})
    stage.log.take("run-1", "worker", NOW)
    stage.clock.advance(31)
    (answer,) = stage.say({"action": "resume", "runId": "run-1"})
    assert (answer["type"], answer["seq"]) == ("error", 1)


def test_whoever_was_signed_out_can_do_nothing_more() -> None:
    stage = Stage()
    stage.say({"action": "ping"})
    stage.ends.end("ada", NOW)
    (answer,) = stage.say({"action": "message", "input": "Hi"})
    assert answer["title"] == "Unauthorized"
    assert stage.taken == []


def test_whoever_signs_in_again_after_it_may_go_on() -> None:
    stage = Stage()
    stage.ends.end("ada", NOW - timedelta(minutes=2))
    assert stage.say({"action": "ping"}) == [{"type": "pong"}]


def test_a_socket_without_a_ticket_can_do_nothing() -> None:
    stage = Stage()
    stage.router.receive({"requestContext": {"connectionId": "c1"}, "body": '{"action": "ping"}'})
    assert stage.sender.sent["c1"][0]["title"] == "Unauthorized"


def test_the_router_knows_a_connection_as_its_authorizer_does() -> None:
    ada = Caller("ada", frozenset({"staff", "admin"}), NOW)
    authorizer = {**authorizer_context(ada), "sessionId": "s1"}
    connection = connection_of({"requestContext": {"connectionId": "c1", "authorizer": authorizer}})
    assert connection == Connection("c1", ada, "s1")
    assert connection.caller.signed_in_at == NOW
