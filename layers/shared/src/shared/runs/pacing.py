"""When a streamed answer is worth another frame: at once at first, then less and less often.

A frame costs a write, and a send for each follower. Where these take long, because the platform is busy, the window
grows with them: frames become fewer and longer, and what is in them is not older when it arrives.
"""

_FIRST_WINDOW_SECONDS = 0.05
_LAST_WINDOW_SECONDS = 0.5
_GROWTH = 1.25
# What a model may say at most, 4,096 tokens, has to fit into 100 frames, however slowly it comes.
_UNMEASURED_FRAMES = 20
_TOKENS_PER_FRAME = 56
_MAX_WAIT_SECONDS = 2.0
_CHARACTERS_PER_TOKEN = 4
_WINDOW_PER_COST = 3.0
"""A quarter of a run's time, at most, goes into its frames."""


class Pacing:
    """Counts what has come and what was sent. Times are seconds of any one clock."""

    def __init__(self) -> None:
        self._frames = 0
        self._window = _FIRST_WINDOW_SECONDS
        self._cost_seconds = 0.0
        self._sent_at: float | None = None
        self._pieces = self._characters = 0

    def came(self, piece: str) -> None:
        self._pieces += 1
        self._characters += len(piece)

    def sent(self, now: float, cost_seconds: float = 0.0) -> None:
        """A frame was sent, with all that had come; writing and sending it took `cost_seconds`."""
        self._window = min(self._window * _GROWTH, _LAST_WINDOW_SECONDS) if self._frames else _FIRST_WINDOW_SECONDS
        self._cost_seconds = (self._cost_seconds + cost_seconds) / 2
        self._frames += 1
        self._sent_at = now

    def due_at(self) -> float:
        """When what has come should be sent; the start of time for the first piece."""
        if self._sent_at is None:
            return 0.0
        if self._tokens < (self._frames - _UNMEASURED_FRAMES) * _TOKENS_PER_FRAME:
            return self._sent_at + _MAX_WAIT_SECONDS
        return self._sent_at + min(max(self._window, _WINDOW_PER_COST * self._cost_seconds), _MAX_WAIT_SECONDS)

    @property
    def _tokens(self) -> int:
        """About: a piece is a token or several."""
        return max(self._pieces, self._characters // _CHARACTERS_PER_TOKEN)
