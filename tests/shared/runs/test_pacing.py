import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.runs.pacing import Pacing


def _frames(gaps: list[float], piece: str) -> list[float]:
    """When frames are sent where pieces come with these gaps, and what is left is sent at the end."""
    pacing, now, waiting, sent = Pacing(), 0.0, 0, []
    for gap in gaps:
        arrives = now + gap
        while waiting and pacing.due_at() <= arrives:
            now = max(now, pacing.due_at())
            pacing.sent(now)
            sent.append(now)
            waiting = 0
        now = arrives
        pacing.came(piece)
        waiting += 1
        if pacing.due_at() <= now:
            pacing.sent(now)
            sent.append(now)
            waiting = 0
    return [*sent, now] if waiting else sent


def test_the_first_piece_is_due_at_once() -> None:
    pacing = Pacing()
    pacing.came("H")
    assert pacing.due_at() <= 0


def test_windows_grow_from_50_to_500_milliseconds() -> None:
    sent = _frames([0.001] * 20_000, "a token ")
    windows = [later - earlier for earlier, later in itertools.pairwise(sent)]
    rounded = [round(window, 3) for window in windows]
    assert 0.04 <= windows[0] <= 0.06
    assert 0.49 <= max(windows) <= 0.51
    assert rounded[:-1] == sorted(rounded[:-1])


@given(st.floats(min_value=0.0001, max_value=0.036))
def test_4096_tokens_fit_into_100_frames_however_fast_they_come(gap: float) -> None:
    assert len(_frames([gap] * 4096, "word")) + 1 <= 100  # and the terminal one


def test_a_slow_answer_is_not_held_back_longer_than_two_seconds() -> None:
    sent = _frames([0.1] * 1000, "word")
    assert max(later - earlier for earlier, later in itertools.pairwise(sent)) <= 2.1


def test_frames_that_take_long_to_send_become_fewer() -> None:
    pacing, now = Pacing(), 0.0
    pacing.came("word")
    windows = []
    for _ in range(10):
        now = max(now, pacing.due_at()) + 0.3  # what a frame costs
        pacing.sent(now, cost_seconds=0.3)
        pacing.came("word")
        windows.append(pacing.due_at() - now)
    assert windows == sorted(windows)
    assert windows[-1] == pytest.approx(0.9, abs=0.01)


@given(st.lists(st.floats(0, 60), min_size=1, max_size=30))
def test_however_long_frames_take_no_piece_waits_longer_than_two_seconds(costs: list[float]) -> None:
    pacing, now = Pacing(), 0.0
    for cost in costs:
        now += cost
        pacing.sent(now, cost)
        assert pacing.due_at() - now <= 2.0 + 1e-6


def test_quick_frames_do_not_widen_the_window() -> None:
    pacing = Pacing()
    pacing.sent(1.0, cost_seconds=0.01)
    assert pacing.due_at() == pytest.approx(1.05)
