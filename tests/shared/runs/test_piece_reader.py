"""Pieces that come over a socket are read in a few goes, and all of them."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from shared.resilience.clock import SystemClock
from shared.resilience.interruption import current
from shared.runs.frame_buffer import FrameBuffer
from shared.runs.pacing import Pacing
from shared.runs.piece_reader import PieceReader
from shared.runs.run import Ending, Outcome, Run
from tests.shared.runs.fake_runs import a_run

_TOKENS = 300


class Model:
    """Says a token every two milliseconds over a socket, or all of them at once."""

    def __init__(self, *, at_once: bool = False) -> None:
        self._at_once = at_once
        self.reads = 0

    def pieces(self, run: Run) -> Iterator[str]:  # noqa: ARG002
        ours, theirs = socket.socketpair()
        threading.Thread(target=self._say, args=[theirs]).start()
        interruption = current()
        assert interruption
        interruption.add(ours)
        with ours:
            while received := ours.recv(4096):
                self.reads += 1
                for token in received.decode().splitlines():
                    yield token + " "

    def ending(self, run: Run, text: str, outcome: Outcome) -> Ending:
        raise NotImplementedError

    def _say(self, connection: socket.socket) -> None:
        with connection:
            for number in range(_TOKENS):
                connection.sendall(b"%d\n" % number)
                if not self._at_once:
                    time.sleep(0.002)


def read(model: Model, frame_seconds: float = 0.0) -> tuple[str, float]:
    """What a worker takes of it, frame by frame, and how long after the model the last of it was there."""
    clock = SystemClock()
    buffer = FrameBuffer(Pacing(), clock)
    reader = PieceReader(model, a_run(), buffer, clock)
    started, text = clock.monotonic(), ""
    reader.start()
    while not buffer.is_closed:
        buffer.wait(until=clock.monotonic() + 10)
        text += "".join(map(str, buffer.take()))
        time.sleep(frame_seconds)
        buffer.sent(frame_seconds)
    reader.join()
    return text + "".join(map(str, buffer.take())), clock.monotonic() - started


_WHOLE = "".join(f"{number} " for number in range(_TOKENS))


def test_what_comes_between_two_frames_is_read_at_once() -> None:
    model = Model()
    text, _ = read(model)
    assert text == _WHOLE
    assert model.reads < _TOKENS / 3


@pytest.mark.parametrize("frame_seconds", [0.0, 0.1])
def test_what_is_there_already_is_not_waited_for(frame_seconds: float) -> None:
    text, seconds = read(Model(at_once=True), frame_seconds)
    assert text == _WHOLE
    assert seconds < 5
