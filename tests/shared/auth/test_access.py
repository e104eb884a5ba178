"""Whose access has ended, beside what a request reads."""

import threading
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.auth.callers import Caller
from shared.aws.clients import client
from shared.dynamodb.connection import readers
from shared.errors import Forbidden, NotFound, Unauthenticated, Unavailable
from shared.http import edge
from shared.http.callers import SIGNED_IN
from shared.http.request import Request
from tests.shared.auth.fake_ends import FakeEnds, access_of
from tests.shared.aws.aws_server import AwsServer, answers
from tests.shared.gateway_events import access_claims, rest_event
from tests.shared.http_answers import answer_to

NOW = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
ADA = Caller("ada", signed_in_at=NOW - timedelta(hours=1))


class SlowEnds(FakeEnds):
    """Answers when it is allowed to."""

    def __init__(self) -> None:
        super().__init__()
        self.may_answer = threading.Event()

    def ended_at(self, user_id: str, now: datetime) -> datetime | None:
        assert self.may_answer.wait(10)
        return super().ended_at(user_id, now)


class BrokenEnds(FakeEnds):
    def ended_at(self, *_: object) -> datetime | None:
        raise Unavailable("The data store is busy.")


@pytest.fixture
def dynamo(aws: AwsServer) -> Any:
    aws.outcomes.extend([answers({})] * 10)
    return client("dynamodb")


def ended() -> FakeEnds:
    ends = FakeEnds()
    ends.end("ada", NOW)
    return ends


def put(dynamo: Any) -> None:
    dynamo.put_item(TableName="carts", Item={"cartId": {"S": "ada"}})


@given(hours=st.integers(-3, 3))
def test_whoever_signed_in_before_the_end_is_refused(hours: int) -> None:
    caller = Caller("ada", signed_in_at=NOW + timedelta(hours=hours))
    access = access_of(ended())
    assert access.has_ended(caller, NOW) is (hours <= 0)
    refusal = pytest.raises(Unauthenticated) if hours <= 0 else nullcontext()
    with refusal, access.required(caller, NOW):
        pass


def test_others_are_not_affected() -> None:
    access_of(ended()).require(Caller("ben", signed_in_at=NOW - timedelta(hours=1)), NOW)


def test_reads_do_not_wait_for_the_answer(aws: AwsServer, dynamo: Any) -> None:
    ends = SlowEnds()
    with access_of(ends).required(ADA, NOW):
        dynamo.get_item(TableName="carts", Key={"cartId": {"S": "ada"}})
        dynamo.query(TableName="carts", KeyConditionExpression="c = :c", ExpressionAttributeValues={":c": {"S": "a"}})
        assert ends.reads == 0
        assert [request.operation for request in aws.requests] == ["GetItem", "Query"]
        ends.may_answer.set()


def test_an_effect_waits_and_happens_for_those_who_may(aws: AwsServer, dynamo: Any) -> None:
    ends = SlowEnds()
    threading.Timer(0.05, ends.may_answer.set).start()
    with access_of(ends).required(ADA, NOW):
        put(dynamo)
        assert ends.reads == 1
    assert [request.operation for request in aws.requests] == ["PutItem"]


def in_a_thread(act: Callable[[], None]) -> None:
    readers().submit(act).result()


@pytest.mark.parametrize("how", [lambda act: act(), in_a_thread], ids=["itself", "in-a-thread"])
def test_nothing_happens_for_whoever_was_signed_out(
    how: Callable[[Callable[[], None]], None], aws: AwsServer, dynamo: Any
) -> None:
    with pytest.raises(Unauthenticated), access_of(ended()).required(ADA, NOW):
        how(lambda: put(dynamo))
    assert aws.requests == []


def test_effects_outside_of_a_request_wait_for_nothing(aws: AwsServer, dynamo: Any) -> None:
    with pytest.raises(Unauthenticated), access_of(ended()).required(ADA, NOW):
        pass
    put(dynamo)
    assert [request.operation for request in aws.requests] == ["PutItem"]


def test_a_refusal_of_the_request_itself_does_not_go_first() -> None:
    with pytest.raises(Unauthenticated), access_of(ended()).required(ADA, NOW):
        raise NotFound("There is no such supporter.")


def test_where_nobody_can_tell_the_request_is_not_served() -> None:
    with pytest.raises(Unavailable), access_of(BrokenEnds()).required(ADA, NOW):
        pass


@pytest.mark.usefixtures("edge")
@pytest.mark.parametrize("error", [None, NotFound("Nothing here."), Forbidden("Only staff."), ValueError("a bug")])
def test_a_route_answers_401_whatever_else_it_would_have_answered(
    error: Exception | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = FakeEnds()
    access = access_of(ends)
    monkeypatch.setattr(edge, "access", lambda: access)

    def handle(_: Request) -> str:
        if error:
            raise error
        return "here you are"

    event = rest_event(access_claims("ada", auth_time=str(int(NOW.timestamp()))))
    contract = {"answers": {200: str}, "callers": SIGNED_IN}
    before = answer_to(handle, event, **contract)["statusCode"]
    ends.end("ada", NOW + timedelta(seconds=1))
    after = answer_to(handle, event, **contract)

    assert before != 401
    assert (after["statusCode"], after["headers"]["WWW-Authenticate"]) == (401, "Bearer")
    assert ends.reads == 2
