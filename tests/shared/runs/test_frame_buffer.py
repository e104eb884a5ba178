"""Pieces come from one thread and are taken by another, which is not woken for nothing."""

import threading
import time

import pytest

from shared.resilience.clock import SystemClock
from shared.runs.frame_buffer import FrameBuffer
from shared.runs.pacing import Pacing
from shared.runs.run import Notice
from tests.shared.runs.fake_runs import FakeClock


class CountingClock(SystemClock):
    """Counts how often somebody went to sleep."""

    def __init__(self) -> None:
        self.waits = 0

    def wait(self, condition: threading.Condition, seconds: float) -> None:
        self.waits += 1
        super().wait(condition, seconds)


@pytest.fixture
def buffer() -> FrameBuffer:
    return FrameBuffer(Pacing(), FakeClock())


def test_the_first_piece_is_due_at_once_and_is_taken_once(buffer: FrameBuffer) -> None:
    assert not buffer.is_due
    buffer.add("Hel")
    buffer.add("lo")
    assert buffer.is_due
    assert buffer.take() == ["Hello"]
    assert buffer.take() == []
    assert not buffer.is_due


def test_what_comes_after_a_frame_waits_for_the_next(buffer: FrameBuffer) -> None:
    buffer.add("one ")
    buffer.take()
    buffer.sent(0.0)
    buffer.add("two ")
    assert not buffer.is_due
    buffer.add("three")
    assert buffer.take() == ["two three"]


def test_notices_stay_between_the_texts_around_them(buffer: FrameBuffer) -> None:
    one, two = Notice("proposal", {"id": 1}), Notice("proposal", {"id": 2})
    for piece in ("a", "b", one, two, "c"):
        buffer.add(piece)
    assert buffer.take() == ["ab", one, two, "c"]


def test_why_no_piece_follows_is_kept(buffer: FrameBuffer) -> None:
    assert not buffer.is_closed
    error = ValueError("broken")
    buffer.close(error)
    assert (buffer.is_closed, buffer.error) == (True, error)


def test_waiting_ends_with_the_first_piece_the_end_or_the_time() -> None:
    for wake in (lambda buffer: buffer.add("piece"), lambda buffer: buffer.close()):
        clock = SystemClock()
        buffer = FrameBuffer(Pacing(), clock)
        threading.Timer(0.02, wake, [buffer]).start()
        started = clock.monotonic()
        buffer.wait(until=started + 30)
        assert clock.monotonic() - started < 10
    started = clock.monotonic()
    FrameBuffer(Pacing(), clock).wait(until=started + 0.03)
    assert clock.monotonic() - started >= 0.03


def test_whoever_takes_is_woken_once_for_a_frame_and_not_for_every_piece() -> None:
    clock = CountingClock()
    buffer, frames = FrameBuffer(Pacing(), clock), 0

    def say() -> None:
        for _ in range(400):
            buffer.add("piece ")
            time.sleep(0.0005)
        buffer.close()

    threading.Thread(target=say).start()
    while not buffer.is_closed:
        buffer.wait(until=clock.monotonic() + 30)
        if buffer.is_due:
            buffer.take()
            buffer.sent(0.0)
            frames += 1
    assert clock.waits <= 2 * frames + 2
