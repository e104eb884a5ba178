"""When a streamed answer is worth another frame: at once at first, then less and less often."""

_FIRST_WINDOW_SECONDS = 0.05
_LAST_WINDOW_SECONDS = 0.5
_GROWTH = 1.15
# What a model may say at most, 4,096 tokens, has to fit into 100 frames, however slowly it comes.
_UNMEASURED_FRAMES = 20
_TOKENS_A_FRAME = 56
_LONGEST_WAIT_SECONDS = 2.0
_CHARACTERS_A_TOKEN = 4


class Pacing:
    """Counts what has come and what was sent. Times are seconds of any one clock."""

    def __init__(self) -> None:
        self._frames = 0
        self._window = _FIRST_WINDOW_SECONDS
        self._sent_at: float | None = None
        self._pieces = self._characters = 0

    def came(self, piece: str) -> None:
        self._pieces += 1
        self._characters += len(piece)

    def sent(self, now: float) -> None:
        """A frame was sent, with all that had come."""
        self._window = min(self._window * _GROWTH, _LAST_WINDOW_SECONDS) if self._frames else _FIRST_WINDOW_SECONDS
        self._frames += 1
        self._sent_at = now

    def due_at(self) -> float:
        """When what has come should be sent; the start of time for the first piece."""
        if self._sent_at is None:
            return 0.0
        enough = self._tokens >= (self._frames - _UNMEASURED_FRAMES) * _TOKENS_A_FRAME
        return self._sent_at + (self._window if enough else _LONGEST_WAIT_SECONDS)

    @property
    def _tokens(self) -> int:
        """About: a piece is a token or several."""
        return max(self._pieces, self._characters // _CHARACTERS_A_TOKEN)
