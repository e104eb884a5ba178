"""One answer, followed in every possible way: all followers see the same frames."""

from collections.abc import Callable

import pytest

from tests.e2e.browser import FOLLOW, page_of_our_origin
from tests.e2e.clients import Api, User
from tests.e2e.live import Events, Socket, assert_gapless, follow_url, text_of

pytestmark = pytest.mark.platform

QUESTION = "What did I give, and what became of it?"


@pytest.fixture
def api(personalization: Callable[..., Api], supporter: User) -> Api:
    return personalization(supporter)


def test_socket_and_events_and_browser_see_the_same_frames(api: Api) -> None:
    with Socket(api) as socket:
        run_id = socket.ask(QUESTION)
        sent = socket.frames(run_id)
    assert_gapless(sent)
    assert text_of(sent)
    url = follow_url(api, f"/agent/runs/{run_id}")
    assert Events(url).until_the_end() == sent
    with page_of_our_origin() as page:
        seen = page.evaluate(FOLLOW, [url, 60_000])
    assert [frame.pop("id") for frame in seen] == [str(frame["seq"]) for frame in sent]
    assert seen == sent


def test_lost_connection_takes_up_where_it_broke_off(api: Api) -> None:
    with Socket(api) as socket:
        run_id = socket.ask(QUESTION)
        first = socket.until("delta")[-1]
        socket.break_off()
    with Socket(api) as socket:
        rest = socket.resume(run_id, after=first["seq"])
    assert_gapless([first, *rest])


def test_follower_from_the_middle_gets_the_rest(api: Api) -> None:
    with Socket(api) as socket:
        sent = socket.frames(socket.ask(QUESTION))
    events = Events(follow_url(api, f"/agent/runs/{sent[0]['runId']}"))
    events.last_id = "1"
    assert events.until_the_end() == sent[1:]


def test_client_that_uses_fetch_may_say_which_event_was_its_last(api: Api) -> None:
    """It sends a token instead of a ticket, and after an interruption a header that the browser asks leave for."""
    with Socket(api) as socket:
        sent = socket.frames(socket.ask(QUESTION))
    url = f"{api.url}/agent/runs/{sent[0]['runId']}/events"
    headers = {"Authorization": api.headers["Authorization"], "Last-Event-ID": "1"}
    with page_of_our_origin() as page:
        events = page.evaluate(
            "([url, headers]) => fetch(url, {headers}).then(answer => answer.text())", [url, headers]
        )
    assert [line for line in events.splitlines() if line.startswith("id:")] == [
        f"id: {frame['seq']}" for frame in sent[1:]
    ]
