"""Server-sent events for EventSource: authorization by a function, long polls, and unchanged responses."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.contracts.emulator.live_stack import ORIGIN, Live

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulator-live")]


def test_events_pass_unchanged(live: Live) -> None:
    answer = live.get("/runs/run-1/events?ticket=good&after=3", **{"Last-Event-ID": "7"})
    assert (answer.status, answer.headers["content-type"]) == (200, "text/event-stream")
    first, data, rest = answer.body.split("\n", 2)
    assert (first, rest) == ("id: 1", "\n: grüße\n\n")
    received = json.loads(data.removeprefix("data: "))
    assert received == {
        "authorizer": {"principalId": "ann", "run": "run-1", "groups": "[]"},
        "last": "7",
        "query": {"ticket": "good", "after": "3"},
    }


def test_end_of_the_events_is_answered_without_a_body(live: Live) -> None:
    answer = live.get("/runs/run-1/events?ticket=good&after=end")
    assert (answer.status, answer.body) == (204, "")


def test_header_may_authorize_instead_of_the_query(live: Live) -> None:
    assert live.get("/runs/run-1/events", Authorization="Bearer good").status == 200


def test_following_needs_a_ticket(live: Live) -> None:
    path = "/runs/run-1/events"
    assert [live.get(path).status, live.get(path + "?ticket=bad").status] == [401, 403]


def test_decision_of_the_authorizer_is_not_cached(live: Live) -> None:
    path = "/runs/run-1/events?ticket="
    assert [live.get(path + ticket).status for ticket in ("good", "bad", "good")] == [200, 403, 200]


@pytest.mark.parametrize("path", ["/runs/run-1/events?ticket=good", "/runs/run-1/events"], ids=["events", "refusal"])
def test_browser_of_our_origin_may_read(live: Live, path: str) -> None:
    assert live.get(path).headers["access-control-allow-origin"] == ORIGIN


def test_held_requests_do_not_delay_others(live: Live) -> None:
    with ThreadPoolExecutor(20) as pool:
        held = [pool.submit(live.get, "/runs/run-1/events?ticket=good&wait=5") for _ in range(20)]
        assert live.get("/quick").status == 200
        assert not all(request.done() for request in held)
        assert [request.result().status for request in held] == [200] * 20
