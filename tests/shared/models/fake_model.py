"""A language model that says what a test wants."""

import itertools
from collections.abc import Generator

from shared.models.model import ModelAnswer, ModelPiece, ModelRequest
from tests.shared.clocks import FakeClock


class FakeModel:
    """Gives one outcome after the other, and the last one for ever; each takes `seconds` of the clock's time.

    A tuple is a stream, piece by piece, each of which takes that time; an answer's stream is its words.
    """

    attempt_seconds = 18.0
    idle_seconds = 10.0

    def __init__(
        self,
        clock: FakeClock,
        *outcomes: Exception | ModelAnswer | tuple[ModelPiece | Exception, ...],
        seconds: float = 0.1,
    ) -> None:
        self._clock, self._seconds = clock, seconds
        self._outcomes = itertools.chain(outcomes, itertools.repeat(outcomes[-1]))
        self.called_at: list[float] = []
        self.requests: list[ModelRequest] = []
        self.open_streams = 0

    def converse(self, request: ModelRequest) -> ModelAnswer:
        self._note(request)
        self._clock.now += self._seconds
        outcome = next(self._outcomes)
        if isinstance(outcome, Exception):
            raise outcome
        assert isinstance(outcome, ModelAnswer)
        return outcome

    def stream(self, request: ModelRequest) -> Generator[ModelPiece]:
        self._note(request)
        outcome = next(self._outcomes)
        if isinstance(outcome, ModelAnswer):
            outcome = (*(f"{word} " for word in outcome.text.split()), outcome)
        self.open_streams += 1
        try:
            for piece in outcome if isinstance(outcome, tuple) else (outcome,):
                self._clock.now += self._seconds
                if isinstance(piece, Exception):
                    raise piece
                yield piece
        finally:
            self.open_streams -= 1

    def _note(self, request: ModelRequest) -> None:
        self.called_at.append(self._clock.now)
        self.requests.append(request)
