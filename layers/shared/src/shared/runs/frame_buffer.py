"""Gathers the pieces of an answer into frames: one thread adds them, another takes them when a frame is due."""

from threading import Condition

from shared.resilience.clock import Clock
from shared.runs.pacing import Pacing
from shared.runs.run import Piece


class FrameBuffer:
    """Whoever takes sleeps from frame to frame, and is not woken by every piece."""

    def __init__(self, pacing: Pacing, clock: Clock) -> None:
        self._pacing, self._clock = pacing, clock
        self._changed = Condition()
        self._pieces: list[Piece] = []
        self._is_closed = False
        self._error: BaseException | None = None
        self.first_piece_at: float | None = None

    def add(self, piece: Piece) -> None:
        with self._changed:
            self._pieces.append(piece)
            before = self._pacing.due_at()
            self._pacing.came(piece if isinstance(piece, str) else "")
            now, due_at = self._clock.monotonic(), self._pacing.due_at()
            if self.first_piece_at is None:
                self.first_piece_at = now
            if due_at <= now or due_at < before:
                self._changed.notify()

    def close(self, error: BaseException | None = None) -> None:
        """No piece follows: all have come, or something went wrong."""
        with self._changed:
            self._is_closed, self._error = True, error
            self._changed.notify()

    def wait(self, until: float) -> None:
        """Until a frame is due, the buffer was closed, or the clock says `until`."""
        with self._changed:
            while not self._is_closed and not self.is_due:
                now = self._clock.monotonic()
                if now >= until:
                    return
                due_at = self._pacing.due_at()
                self._clock.wait(self._changed, (min(until, due_at) if due_at > now else until) - now)

    @property
    def due_at(self) -> float:
        """When the next frame is due, if something comes until then."""
        return self._pacing.due_at()

    @property
    def is_due(self) -> bool:
        return bool(self._pieces) and self._pacing.due_at() <= self._clock.monotonic()

    @property
    def is_closed(self) -> bool:
        return self._is_closed

    @property
    def error(self) -> BaseException | None:
        """Why no piece follows; None where all have come."""
        return self._error

    def take(self) -> list[Piece]:
        """All that has come since the last time, texts that follow each other as one."""
        with self._changed:
            taken: list[Piece] = []
            for piece in self._pieces:
                last = taken[-1] if taken else None
                if isinstance(piece, str) and isinstance(last, str):
                    taken[-1] = last + piece
                else:
                    taken.append(piece)
            self._pieces.clear()
            return taken

    def sent(self, cost_seconds: float) -> None:
        """What was taken has been sent."""
        with self._changed:
            self._pacing.sent(self._clock.monotonic(), cost_seconds)
