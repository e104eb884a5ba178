"""Clients whose network lets no WebSocket through follow their inbox by Server-Sent Events."""

import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import requests

from communications.inbox.adapters.inbox import DynamoInbox
from communications.sockets.domain.following import MAX_STREAMS
from tests.communications.inbox.fakes import put
from tests.e2e.browser import FOLLOW_INBOX, page_of_our_origin
from tests.e2e.clients import Api, Platform, User, eventually, is_problem
from tests.e2e.inboxes import message
from tests.e2e.live import Events, Frame, Socket, follow_url

pytestmark = pytest.mark.platform


@pytest.fixture
def user(platform: Platform) -> User:
    return platform.sign_up("Rosa Martínez")


@pytest.fixture
def api(communications: Callable[..., Api], user: User) -> Api:
    return communications(user)


def numbers(frames: list[Frame]) -> list[int]:
    """Of what has happened."""
    return [frame["seq"] for frame in frames if "unread" in frame]


def happen(inbox: DynamoInbox, user: User, *indexes: int) -> None:
    put(inbox, *(message(index) for index in indexes), user_id=user.user_id, now=datetime.now(UTC))


def test_two_people_one_of_them_without_a_socket(
    communications: Callable[..., Api], user: User, platform: Platform
) -> None:
    """The answer to her message reaches her, and her reading of it the one who wrote it."""
    hers, theirs = communications(user), communications(platform.sample_user("staff"))
    staff_id = theirs.get("/users/me").json()["userId"]
    eventually(lambda: hers.get("/users/me").ok)
    events = Events(follow_url(hers, "/inbox"))
    events.until("upTo")

    with Socket(theirs) as socket:
        key = {"Idempotency-Key": uuid.uuid4().hex}
        sent = hers("POST", "/messages", json={"to": [staff_id], "content": "Hello"}, headers=key).json()
        [*_, arrived] = socket.until("message")
        assert arrived["messageId"] == sent["messageId"]
        answer = {"conversationId": sent["conversationId"], "content": "Good morning"}
        key = {"Idempotency-Key": uuid.uuid4().hex}
        answered = theirs("POST", "/messages", json=answer, headers=key).json()
        received = events.until("notification")
        assert answered["messageId"] in [frame.get("messageId") for frame in received]
        assert numbers(received) == list(range(1, len(numbers(received)) + 1))
        assert received[-1]["type"] == "upTo"

        page = hers.get(f"/conversations/{sent['conversationId']}/messages").json()
        path = f"/conversations/{sent['conversationId']}/reads"
        assert hers("POST", path, json={"upTo": page["upTo"]}).status_code == 204
        receipt = socket.until("read")[-1]
        assert receipt["conversationId"] == sent["conversationId"]
    assert next(frame["unread"]["messages"] for frame in events.until("unread") if frame["type"] == "unread") == 0


def test_client_that_is_cut_off_catches_up_without_gap_or_duplicate(api: Api, user: User, inbox: DynamoInbox) -> None:
    events = Events(follow_url(api, "/inbox"))
    events.until("upTo")
    happen(inbox, user, 0, 1)
    heard = events.until("message")
    for indexes in ((2,), (3, 4, 5), ()):
        events.break_off()
        if indexes:
            happen(inbox, user, *indexes)
    heard += events.until("message")

    assert numbers(heard) == [1, 2, 3, 4, 5, 6]
    again = Events(follow_url(api, "/inbox") + "&after=4")
    assert numbers(again.until("message")) == [5, 6]
    assert numbers(Events(follow_url(api, "/inbox") + "&after=99").until("reset")) == [6]


def test_browser_follows_and_hears_within_seconds(api: Api, user: User, inbox: DynamoInbox) -> None:
    with page_of_our_origin() as page:
        page.evaluate(FOLLOW_INBOX, follow_url(api, "/inbox"))
        page.wait_for_function("seen.length == 1")
        for index in range(3):
            happen(inbox, user, index)
            page.wait_for_function(f"seen.some(frame => frame.messageId == '{index}')", timeout=5_000)
        seen: list[Frame] = page.evaluate("source.close() || seen")
    assert numbers(seen) == [1, 2, 3]


def test_nobody_follows_others(communications: Callable[..., Api], platform: Platform, inbox: DynamoInbox) -> None:
    ada, ben = platform.sign_up("Ada"), platform.sign_up("Ben")
    happen(inbox, ada, 0)

    assert Events(follow_url(communications(ben), "/inbox")).next_answer() == [
        {"type": "upTo", "seq": 0, "more": False}
    ]
    url = f"{communications(ben).url}/inbox/events"
    for query in ("", "?ticket=made-up"):
        is_problem(requests.get(url + query, timeout=40), 401)
    assert communications(ben).get(f"/inbox/events?userId={ada.user_id}").status_code == 400


def test_whoever_is_signed_out_while_waiting_is_refused_within_seconds(
    api: Api, identity: Callable[..., Api], user: User
) -> None:
    url = follow_url(api, "/inbox") + "&after=0"
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(requests.get, url, timeout=40)
        assert identity(user)("POST", f"/users/{user.user_id}/sign-out").status_code == 204
        signed_out_at = time.monotonic()
        is_problem(waiting.result(), 401)
    assert time.monotonic() - signed_out_at < 10
    is_problem(requests.get(url, timeout=40), 401)


def test_nobody_occupies_more_than_their_share(api: Api) -> None:
    url = follow_url(api, "/inbox") + "&after=0"
    with ThreadPoolExecutor(MAX_STREAMS + 2) as threads:
        answers = list(threads.map(lambda _: requests.get(url, timeout=40), range(MAX_STREAMS + 2)))

    assert sorted(answer.status_code for answer in answers) == [200] * MAX_STREAMS + [429] * 2
    assert {answer.headers.get("Retry-After") for answer in answers if answer.status_code == 429} == {"30"}
    assert api.get("/inbox/events").status_code == 200
