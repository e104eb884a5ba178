from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from communications.inbox.domain.inbox import KEPT, Entry, Kind, catch_up
from tests.communications.examples import NOW
from tests.communications.inbox.fakes import FakeInbox, put

MESSAGE = Entry(Kind.MESSAGE, {"messageId": "m"}, messages=1)


def an_inbox(count: int) -> FakeInbox:
    inbox = FakeInbox()
    for number in range(count):
        put(inbox, Entry(Kind.MESSAGE, {"messageId": str(number)}, messages=1))
    return inbox


def test_frames_carry_type_number_counts_and_data() -> None:
    [frame, end] = catch_up(an_inbox(2), "ada", 1, NOW, 100)

    assert frame == {"type": "message", "seq": 2, "unread": {"messages": 2, "notifications": 0}, "messageId": "1"}
    assert end == {"type": "upTo", "seq": 2, "more": False}


def test_whoever_has_everything_hears_so() -> None:
    assert catch_up(an_inbox(2), "ada", 2, NOW, 100) == [{"type": "upTo", "seq": 2, "more": False}]
    assert catch_up(FakeInbox(), "ada", 0, NOW, 100) == [{"type": "upTo", "seq": 0, "more": False}]


def test_whoever_was_away_for_too_long_begins_again() -> None:
    later = NOW + KEPT + timedelta(days=1)
    inbox = an_inbox(2)
    put(inbox, MESSAGE, now=later)

    reset = {"type": "reset", "seq": 3, "unread": {"messages": 3, "notifications": 0}}
    assert catch_up(inbox, "ada", 0, later, 100) == [reset]
    assert catch_up(inbox, "ada", 1, later, 100) == [reset]
    assert [frame["type"] for frame in catch_up(inbox, "ada", 2, later, 100)] == ["message", "upTo"]


def test_number_that_has_never_been_begins_again() -> None:
    assert [frame["type"] for frame in catch_up(an_inbox(2), "ada", 3, NOW, 100)] == ["reset"]


@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 7))
def test_pages_together_are_exactly_what_is_missing(count: int, seq: int, limit: int) -> None:
    inbox, heard, position = an_inbox(count), list[int](), min(seq, count)
    more = True
    while more:
        *frames, end = catch_up(inbox, "ada", position, NOW, limit)
        heard += [int(frame["seq"]) for frame in frames]
        position, more = int(end["seq"]), bool(end["more"])

    assert heard == list(range(min(seq, count) + 1, count + 1))
