"""A language model that says what a test wants."""

import itertools

from shared.model import ModelAnswer, ModelRequest
from tests.shared.clocks import FakeClock


class FakeModel:
    """Gives one outcome after the other, and the last one for ever; each takes `seconds` of the clock's time."""

    attempt_seconds = 18.0

    def __init__(self, clock: FakeClock, *outcomes: Exception | ModelAnswer, seconds: float = 0.1) -> None:
        self._clock, self._seconds = clock, seconds
        self._outcomes = itertools.chain(outcomes, itertools.repeat(outcomes[-1]))
        self.asked_at: list[float] = []
        self.requests: list[ModelRequest] = []

    def converse(self, request: ModelRequest) -> ModelAnswer:
        self.asked_at.append(self._clock.now)
        self.requests.append(request)
        self._clock.now += self._seconds
        outcome = next(self._outcomes)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome
