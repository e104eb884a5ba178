import itertools

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
