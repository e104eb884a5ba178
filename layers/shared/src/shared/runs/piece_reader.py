"""Reads an answer's pieces in a thread of its own, for a model may keep it waiting."""

from threading import Event, Thread

from shared.resilience.interruption import Interruption, interruptible_by
from shared.runs.frame_buffer import FrameBuffer
from shared.runs.run import Answerer, Run

_JOIN_SECONDS = 1.0


class PieceReader:
    def __init__(self, answerer: Answerer, run: Run, buffer: FrameBuffer) -> None:
        self._answerer, self._run, self._buffer = answerer, run, buffer
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
            for piece in pieces:
                if self._is_stopped.is_set():
                    break
                self._buffer.add(piece)
        finally:
            if close := getattr(pieces, "close", None):
                close()
