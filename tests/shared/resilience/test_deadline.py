import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.resilience.deadline import Deadline, ends_by, time_for

moments = st.floats(min_value=0, max_value=1e6)


def test_deadline_counts_down_from_the_moment_it_is_made() -> None:
    now = 1000.0
    deadline = Deadline(25, clock=lambda: now)
    assert deadline.remaining_seconds == 25

    now += 10
    assert deadline.remaining_seconds == 15


@pytest.mark.parametrize("late", [0.0, 0.1, 3600.0])
def test_nothing_remains_after_the_deadline(late: float) -> None:
    now = 0.0
    deadline = Deadline(25, clock=lambda: now)

    now = 25 + late

    assert deadline.remaining_seconds == 0


@given(moments, moments, st.lists(moments))
def test_what_remains_never_grows_and_is_never_negative(seconds: float, start: float, steps: list[float]) -> None:
    now = start
    deadline = Deadline(seconds, clock=lambda: now)
    remaining = [deadline.remaining_seconds]
    for step in steps:
        now += step
        remaining.append(deadline.remaining_seconds)

    assert remaining == sorted(remaining, reverse=True)
    assert remaining[-1] >= 0


def test_clock_of_the_wall_may_be_set_meanwhile() -> None:
    deadline = Deadline(3600)

    assert 0 < deadline.remaining_seconds <= 3600


def test_calls_within_the_block_have_no_more_time_than_is_left() -> None:
    now = 0.0
    with ends_by(Deadline(25, clock=lambda: now)):
        assert (time_for(8), time_for(30)) == (8, 25)
        with ends_by(Deadline(5, clock=lambda: now)):
            assert time_for(8) == 5
        now = 20.0
        assert time_for(8) == 5
        now = 26.0
        assert time_for(8) == 0
    assert time_for(8) == 8
