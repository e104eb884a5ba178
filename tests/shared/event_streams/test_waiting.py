from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Unauthenticated
from shared.event_streams.waiting import Pauses, wait_for
from tests.shared.runs.fake_runs import NOW, FakeClock

PAUSES = Pauses(first=0.2, longest=1.0)


class Ending:
    """Access that ends after so many seconds."""

    def __init__(self, after: float) -> None:
        self._at, self.checks = NOW + timedelta(seconds=after), 0

    def __call__(self, now: datetime) -> None:
        self.checks += 1
        if now >= self._at:
            raise Unauthenticated("signed out")


@given(st.floats(0, 23))
def test_news_is_returned_within_the_longest_pause(after: float) -> None:
    clock = FakeClock()

    found = wait_for(lambda: "news" if clock.seconds >= after else None, Ending(99), clock, PAUSES)

    assert found == "news"
    assert after <= clock.seconds <= after + PAUSES.longest


def test_nothing_new_is_an_end_before_the_gateways() -> None:
    clock, access = FakeClock(), Ending(99)

    assert wait_for(lambda: None, access, clock, PAUSES) is None
    assert 22 < clock.seconds <= 24
    assert access.checks <= 13


@given(st.floats(0.001, 22))
def test_whoever_may_not_wait_any_longer_hears_so_within_seconds(after: float) -> None:
    clock = FakeClock()

    with pytest.raises(Unauthenticated):
        wait_for(lambda: None, Ending(after), clock, PAUSES)
    assert clock.seconds <= after + 2 + PAUSES.longest


@given(st.floats(0, 5), st.floats(0, 5))
def test_nothing_is_found_after_a_refusal(ends: float, news: float) -> None:
    clock = FakeClock()

    def wait() -> str | None:
        return wait_for(lambda: "news" if clock.seconds >= news else None, Ending(ends), clock, PAUSES)

    if ends > news + PAUSES.longest:
        assert wait() == "news"
    if ends <= news:
        with pytest.raises(Unauthenticated):
            wait()
