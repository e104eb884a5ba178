"""Reads an answer's pieces in a thread of its own, for a model may keep it waiting.

A model says many pieces between two frames, and to wake up for each costs several times what reading it does. So the
thread sleeps while nothing is there to be read, and reads what has come shortly before the next frame is due.
"""

from threading import Event, Thread

from shared.resilience.clock import Clock
from shared.resilience.interruption import Interruption, interruptible_by
from shared.runs.frame_buffer import FrameBuffer
from shared.runs.run import Answerer, Run

_JOIN_SECONDS = 1.0
_WAITED_SECONDS = 0.001
"""A piece that took longer had not arrived when it was requested."""
_READING_SECONDS = 0.01
"""Before a frame is due, for what has come by then."""
_MAX_NAP_SECONDS = 0.25
"""The end of an answer is noticed so late at most."""


class PieceReader:
    def __init__(self, answerer: Answerer, run: Run, buffer: FrameBuffer, clock: Clock) -> None:
        self._answerer, self._run, self._buffer, self._clock = answerer, run, buffer, clock
        self._is_stopped, self._interruption = Event(), Interruption()
        self._thread = Thread(target=self._read, name="pieces", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Read no more; a model that keeps the thread waiting is interrupted, so that it does not speak on."""
        self._is_stopped.set()
        self._interruption.end()

    def join(self) -> None:
        """What the thread has open would stay so while the function sleeps."""
        self._thread.join(_JOIN_SECONDS)

    def _read(self) -> None:
        """Hand on every piece, then the end or what went wrong."""
        try:
            with interruptible_by(self._interruption):
                self._add_pieces()
        except BaseException as error:  # noqa: BLE001  the worker answers for it
            self._buffer.close(error)
        else:
            self._buffer.close()

    def _add_pieces(self) -> None:
        pieces = self._answerer.pieces(self._run)
        try:
            requested_at = self._clock.monotonic()
            for piece in pieces:
                if self._is_stopped.is_set():
                    break
                self._buffer.add(piece)
                if self._clock.monotonic() - requested_at > _WAITED_SECONDS:
                    self._nap()
                requested_at = self._clock.monotonic()
        finally:
            if close := getattr(pieces, "close", None):
                close()

    def _nap(self) -> None:
        """Sleep until a frame is nearly due, unless there is more to read: on a busy machine, pieces wait for us."""
        seconds = min(self._buffer.due_at - _READING_SECONDS - self._clock.monotonic(), _MAX_NAP_SECONDS)
        if seconds > 0 and not self._interruption.has_waiting_data():
            self._clock.sleep(seconds)
