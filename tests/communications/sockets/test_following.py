"""An inbox, followed by answers that wait."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communications.inbox.domain.inbox import KEPT, Entry, Kind
from communications.sockets.domain.following import MAX_STREAMS, news, one_more
from shared.errors import TooManyRequests, Unauthenticated
from tests.communications.examples import NOW
from tests.communications.inbox.fakes import FakeInbox, put
from tests.communications.sockets.fakes import FakeStreams
from tests.shared.runs.fake_runs import NOW as BEGAN_AT
from tests.shared.runs.fake_runs import FakeClock

MESSAGE = Entry(Kind.MESSAGE, {"messageId": "m"}, messages=1)


class Clock(FakeClock):
    """Something happens at a time, while somebody waits."""

    def __init__(self, **happens: tuple[float, Callable[[], object]]) -> None:
        super().__init__()
        self._happens = sorted(happens.values(), key=lambda each: each[0])

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        while self._happens and self._happens[0][0] <= self.seconds:
            self._happens.pop(0)[1]()


def admit(_: datetime) -> None: ...


def test_whoever_begins_hears_at_once_where_the_inbox_is() -> None:
    inbox, clock = FakeInbox(), Clock()
    put(inbox, MESSAGE, MESSAGE)

    assert news(inbox, "ada", None, admit, clock) == [{"type": "upTo", "seq": 2, "more": False}]
    assert news(inbox, "ben", None, admit, clock) == [{"type": "upTo", "seq": 0, "more": False}]
    assert clock.seconds == 0


def test_what_was_missed_comes_at_once_and_nothing_of_it_twice() -> None:
    inbox, clock = FakeInbox(), Clock()
    put(inbox, MESSAGE, MESSAGE, MESSAGE)

    assert [(frame["type"], frame["seq"]) for frame in news(inbox, "ada", 1, admit, clock)] == [
        ("message", 2),
        ("message", 3),
        ("upTo", 3),
    ]
    assert clock.seconds == 0


def test_what_happens_meanwhile_comes_within_a_second() -> None:
    inbox = FakeInbox()
    clock = Clock(message=(7.5, lambda: put(inbox, MESSAGE)))

    assert [frame["seq"] for frame in news(inbox, "ada", 0, admit, clock)] == [1, 1]
    assert 7.5 <= clock.seconds <= 8.5


def test_where_nothing_happens_the_answer_ends_before_the_gateways_limit() -> None:
    clock = Clock()

    assert news(FakeInbox(), "ada", 0, admit, clock) == ()
    assert 22 < clock.seconds <= 24


def test_whoever_was_away_for_too_long_or_has_a_number_that_never_was_begins_again() -> None:
    inbox, clock = FakeInbox(), Clock()
    put(inbox, MESSAGE, MESSAGE, now=NOW - KEPT - timedelta(days=1))

    assert [frame["type"] for frame in news(inbox, "ada", 0, admit, clock)] == ["reset"]
    assert [frame["type"] for frame in news(inbox, "ada", 3, admit, clock)] == ["reset"]


def test_end_of_access_ends_the_wait_within_seconds() -> None:
    def check(now: datetime) -> None:
        if now >= BEGAN_AT + timedelta(seconds=5):
            raise Unauthenticated("signed out")

    clock = Clock()
    with pytest.raises(Unauthenticated):
        news(FakeInbox(), "ada", 0, check, clock)
    assert 5 <= clock.seconds <= 8


@given(st.lists(st.tuples(st.floats(0, 60), st.integers(1, 3)), max_size=20))
def test_client_that_comes_back_has_everything_once_and_in_order(happening: list[tuple[float, int]]) -> None:
    inbox, heard, position = FakeInbox(), list[int](), 0
    clock = Clock(
        **{
            str(index): (at, lambda count=count: put(inbox, *([MESSAGE] * count)))
            for index, (at, count) in enumerate(happening)
        }
    )

    while clock.seconds < 85:
        for frame in news(inbox, "ada", position, admit, clock):
            heard += [frame["seq"]] if frame["type"] == "message" else []
            position = int(frame["seq"])
        clock.sleep(0.1)

    assert heard == list(range(1, sum(count for _, count in happening) + 1))


def test_user_may_have_some_streams_and_a_place_is_free_once_one_has_ended() -> None:
    streams, clock = FakeStreams(), Clock()
    for number in range(MAX_STREAMS):
        assert streams.open("ada", str(number), clock.now())

    with pytest.raises(TooManyRequests), one_more(streams, "ada", "another", clock):
        pass
    with one_more(streams, "ben", "another", clock):
        pass
    streams.close("ada", "3", clock.now())
    with pytest.raises(LookupError), one_more(streams, "ada", "another", clock):
        raise LookupError
    with one_more(streams, "ada", "again", clock):
        pass
