"""What happens to a user arrives at all of their sockets, and whoever was away catches up."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from websockets.exceptions import ConnectionClosed

from communications.inbox.adapters.inbox import DynamoInbox
from tests.communications.inbox.fakes import put
from tests.e2e.clients import Api, Platform, User, eventually
from tests.e2e.inboxes import message
from tests.e2e.live import Frame, Socket

pytestmark = pytest.mark.platform


@pytest.fixture
def user(platform: Platform) -> User:
    return platform.sign_up("Rosa Martínez")


@pytest.fixture
def api(communications: Callable[..., Api], user: User) -> Api:
    return communications(user)


def numbers(frames: list[Frame]) -> list[int]:
    return [frame["seq"] for frame in frames]


def test_entries_arrive_in_order_at_all_sockets(api: Api, user: User, inbox: DynamoInbox) -> None:
    with Socket(api) as phone, Socket(api) as browser:
        for number in range(10):
            put(inbox, message(number), user_id=user.user_id, now=datetime.now(UTC))
        received = [[socket.receive() for _ in range(10)] for socket in (phone, browser)]

    assert received[0] == received[1]
    assert numbers(received[0]) == list(range(1, 11))
    assert [frame["messageId"] for frame in received[0]] == [str(number) for number in range(10)]
    assert received[0][-1]["unread"] == {"messages": 10, "notifications": 0}


def test_whoever_was_away_gets_what_they_have_missed(api: Api, user: User, inbox: DynamoInbox) -> None:
    with Socket(api) as socket:
        put(inbox, message(0), user_id=user.user_id, now=datetime.now(UTC))
        assert socket.receive()["seq"] == 1
        socket.break_off()
    put(inbox, message(1), message(2), user_id=user.user_id, now=datetime.now(UTC))

    with Socket(api) as socket:
        socket.send("ping")
        assert socket.until("pong")[-1]["seq"] == 3
        socket.send("since", seq=1)
        *frames, end = socket.until("upTo", "reset")
    assert (numbers(frames), end) == ([2, 3], {"type": "upTo", "seq": 3, "more": False})


def test_nobody_hears_of_others(communications: Callable[..., Api], platform: Platform, inbox: DynamoInbox) -> None:
    ada, ben = platform.sign_up("Ada"), platform.sign_up("Ben")
    with Socket(communications(ada)) as of_ada, Socket(communications(ben)) as of_ben:
        put(inbox, message(0), user_id=ada.user_id, now=datetime.now(UTC))
        assert of_ada.receive()["messageId"] == "0"
        of_ben.send("since", seq=0)
        assert of_ben.receive() == {"type": "upTo", "seq": 0, "more": False}


def test_signing_out_everywhere_closes_sockets(api: Api, identity: Callable[..., Api], user: User) -> None:
    with Socket(api) as socket:
        assert identity(user)("POST", f"/users/{user.user_id}/sign-out").status_code == 204
        with pytest.raises(ConnectionClosed):
            socket.receive()
    eventually(lambda: api("POST", "/connections").status_code == 401)
