import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from communications.inbox.domain.inbox import KEPT, Entry, Kind
from communications.sockets.domain.following import MAX_STREAMS, SUBJECT
from communications.sockets.handlers.follow_inbox import handler
from shared.auth.callers import Caller
from shared.errors import Unauthenticated, Unavailable
from shared.event_streams.tickets import TICKET_LIFE, StreamTicket
from shared.http import edge
from tests.communications.examples import NOW
from tests.communications.inbox.fakes import put
from tests.communications.sockets.fakes import Stage
from tests.shared.gateway_events import access_claims, http_api_event
from tests.shared.http_answers import headers_of
from tests.shared.lambda_context import CONTEXT

pytestmark = pytest.mark.usefixtures("edge")

MESSAGE = Entry(Kind.MESSAGE, {"messageId": "m"}, messages=1)
TOKEN = "good"
ROUTE = "GET /inbox/events"


@pytest.fixture(autouse=True)
def verified(monkeypatch: pytest.MonkeyPatch) -> None:
    def verify(token: str) -> Any:
        if token != "good":
            raise Unauthenticated("The access token is not valid.")
        return access_claims("ada")

    monkeypatch.setattr(edge, "_verify", verify)


def follow(*, token: str | None = TOKEN, last: str | None = None, **query: str) -> dict[str, Any]:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    event = http_api_event(headers=headers | ({"last-event-id": last} if last else {}))
    return handler(event | {"routeKey": ROUTE, "rawQueryString": urlencode(query)}, CONTEXT)


def heard(answer: dict[str, Any]) -> list[tuple[str, int]]:
    """Type and number of each event, whose id is its number."""
    assert (answer["statusCode"], headers_of(answer)["Content-Type"]) == (200, "text/event-stream")
    events = [event.splitlines() for event in answer["body"].split("\n\n") if event.startswith("id: ")]
    frames = [json.loads(data.removeprefix("data: ")) for _, data in events]
    assert [number for number, _ in events] == [f"id: {frame['seq']}" for frame in frames]
    return [(frame["type"], frame["seq"]) for frame in frames]


def ticket_of(stage: Stage, caller: Caller, subject: str = SUBJECT, age: timedelta = timedelta()) -> str:
    return stage.stream_tickets.issue(StreamTicket(caller, subject), stage.clock.now() - age)[0]


def test_events_are_the_frames_after_the_last_one_received(stage: Stage) -> None:
    put(stage.inbox, MESSAGE, MESSAGE, MESSAGE)
    put(stage.inbox, MESSAGE, user_id="ben")

    assert heard(follow(after="1")) == [("message", 2), ("message", 3), ("upTo", 3)]
    assert heard(follow(after="1", last="2")) == [("message", 3), ("upTo", 3)]
    assert heard(follow()) == [("upTo", 3)]


def test_stream_in_which_nothing_happens_ends_and_asks_to_come_back(stage: Stage) -> None:
    assert heard(follow(after="0")) == []
    assert 22 < stage.clock.seconds <= 24


def test_whoever_was_away_for_more_than_30_days_begins_again(stage: Stage) -> None:
    put(stage.inbox, MESSAGE, MESSAGE, now=NOW - KEPT)

    assert heard(follow(last="1")) == [("reset", 2)]
    assert heard(follow(last="2")) == []


def test_ticket_shows_its_own_users_inbox_until_it_expires(stage: Stage) -> None:
    put(stage.inbox, MESSAGE)
    of_ada, of_ben = (ticket_of(stage, Caller(user_id)) for user_id in ("ada", "ben"))

    for _ in range(2):
        assert heard(follow(token=None, ticket=of_ada)) == [("upTo", 1)]
    assert heard(follow(token=None, ticket=of_ben)) == [("upTo", 0)]
    stage.clock.advance(TICKET_LIFE.total_seconds())
    assert follow(token=None, ticket=of_ada)["statusCode"] == 401


def test_nothing_wrong_and_nothing_at_all_is_refused(stage: Stage) -> None:
    of_run = ticket_of(stage, Caller("ada"), "0197a1b2-0000-7000-8000-0000000000aa")
    cases: list[dict[str, Any]] = [
        {"token": None},
        {"token": "bad"},
        {"token": None, "ticket": "made-up"},
        {"token": None, "ticket": of_run},
        {"token": "good", "ticket": of_run},
    ]
    assert [follow(**case)["statusCode"] for case in cases] == [401] * len(cases)


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "99999999999"])
@pytest.mark.usefixtures("stage")
def test_position_that_is_none_is_refused(after: str) -> None:
    assert follow(after=after)["statusCode"] == 400


@pytest.mark.usefixtures("stage")
def test_parameter_that_the_route_does_not_have_is_refused() -> None:
    assert follow(userId="ben")["statusCode"] == 400


def test_whoever_was_signed_out_hears_nothing(stage: Stage) -> None:
    put(stage.inbox, MESSAGE)
    stage.access_ends.end("ada", stage.clock.now())

    assert follow(after="0")["statusCode"] == 401


def test_whoever_is_signed_out_while_waiting_is_refused_within_seconds(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sleep(seconds: float) -> None:
        stage.clock.advance(seconds)
        if stage.clock.seconds > 5:
            stage.access_ends.end("ada", stage.clock.now())

    monkeypatch.setattr(stage.clock, "sleep", sleep)

    assert follow(after="0")["statusCode"] == 401
    assert stage.clock.seconds < 9


def test_so_many_streams_are_open_at_the_same_time_and_no_more(stage: Stage) -> None:
    for number in range(MAX_STREAMS):
        stage.streams.open("ada", str(number), stage.clock.now())

    answer = follow()
    assert (answer["statusCode"], headers_of(answer)["Retry-After"]) == (429, "30")
    stage.streams.close("ada", "0", stage.clock.now())
    for _ in range(2):
        assert follow()["statusCode"] == 200


def test_stream_that_fails_leaves_its_place(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def out_of_reach(_: str) -> None:
        raise Unavailable("The data store is busy; try again.")

    with monkeypatch.context() as patch:
        patch.setattr(stage.inbox, "head", out_of_reach)
        assert [follow()["statusCode"] for _ in range(MAX_STREAMS + 1)] == [503] * (MAX_STREAMS + 1)
    assert follow()["statusCode"] == 200
