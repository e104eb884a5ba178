import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Unavailable
from shared.models.model import (
    Message,
    ModelAnswer,
    ModelBusy,
    ModelPiece,
    ModelRequest,
    RetryingModel,
    StreamBroken,
    Usage,
)
from shared.resilience.circuit import CircuitBreaker
from shared.resilience.deadline import Deadline
from tests.shared.clocks import FakeClock
from tests.shared.models.fake_model import FakeModel

REQUEST = ModelRequest("Be kind.", (Message("user", "Hello"),))
ANSWER = ModelAnswer("Hello, Zoë!", Usage(12, 3))
STREAM = ("Hello, ", "Zoë!", ANSWER)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def patient(model: FakeModel, clock: FakeClock, failures: int = 10**6) -> RetryingModel:
    return RetryingModel(model, CircuitBreaker(failures, 10, clock), clock.sleep, lambda _, high: high)


def test_pieces_come_as_the_model_says_them(clock: FakeClock) -> None:
    model = FakeModel(clock, STREAM)

    assert tuple(patient(model, clock).stream(REQUEST, Deadline(120, clock))) == STREAM
    assert model.requests == [REQUEST]
    assert model.open_streams == 0


def test_nothing_is_sent_before_the_first_piece_is_wanted(clock: FakeClock) -> None:
    model = FakeModel(clock, STREAM)

    patient(model, clock).stream(REQUEST, Deadline(120, clock)).close()

    assert model.requests == []


def test_busy_model_is_called_again_until_it_speaks(clock: FakeClock) -> None:
    model = FakeModel(clock, ModelBusy(), (ModelBusy(),), (), STREAM)

    assert tuple(patient(model, clock).stream(REQUEST, Deadline(120, clock))) == STREAM
    assert clock.slept == [0.25, 0.5, 1.0]


def test_model_that_breaks_off_is_not_called_again(clock: FakeClock) -> None:
    model = FakeModel(clock, ("Hello, ", ModelBusy()), STREAM)
    stream = patient(model, clock).stream(REQUEST, Deadline(120, clock))
    assert next(stream) == "Hello, "

    with pytest.raises(StreamBroken):
        next(stream)

    assert len(model.requests) == 1
    assert model.open_streams == 0


def test_model_that_never_speaks_is_given_up_in_time(clock: FakeClock) -> None:
    model, deadline = FakeModel(clock, ModelBusy()), Deadline(30, clock)

    with pytest.raises(ModelBusy):
        next(patient(model, clock).stream(REQUEST, deadline))

    assert deadline.remaining_seconds > 0


def test_no_attempt_begins_that_could_outlast_the_deadline(clock: FakeClock) -> None:
    model = FakeModel(clock, STREAM)

    with pytest.raises(ModelBusy):
        next(patient(model, clock).stream(REQUEST, Deadline(FakeModel.idle_seconds - 0.1, clock)))

    assert model.requests == []


def test_model_that_speaks_on_after_the_deadline_is_left(clock: FakeClock) -> None:
    model = FakeModel(clock, ("a",) * 100, seconds=1)
    stream = patient(model, clock).stream(REQUEST, Deadline(20, clock))

    with pytest.raises(StreamBroken):
        list(stream)

    assert clock.now == 1020
    assert model.open_streams == 0


def test_answer_that_ends_after_the_deadline_is_still_an_answer(clock: FakeClock) -> None:
    model = FakeModel(clock, ("a", ANSWER), seconds=10)

    assert tuple(patient(model, clock).stream(REQUEST, Deadline(15, clock))) == ("a", ANSWER)


@given(st.integers(1, 3))
def test_stream_that_is_closed_closes_the_models(taken: int) -> None:
    clock = FakeClock()
    model = FakeModel(clock, STREAM)
    stream = patient(model, clock).stream(REQUEST, Deadline(120, clock))
    said: list[ModelPiece] = [next(stream) for _ in range(taken)]

    stream.close()

    assert tuple(said) == STREAM[:taken]
    assert model.open_streams == 0


def test_mistake_of_ours_passes_as_it_is(clock: FakeClock) -> None:
    model = FakeModel(clock, (KeyError("x"),), STREAM)

    with pytest.raises(KeyError):
        next(patient(model, clock).stream(REQUEST, Deadline(120, clock)))


def test_model_that_keeps_failing_is_not_called_while_the_breaker_is_open(clock: FakeClock) -> None:
    model = FakeModel(clock, (ModelBusy(),))
    retrying = patient(model, clock, failures=3)
    with pytest.raises(Unavailable):
        next(retrying.stream(REQUEST, Deadline(120, clock)))

    with pytest.raises(Unavailable):
        retrying.converse(REQUEST, Deadline(120, clock))

    assert len(model.requests) == 3


def test_first_piece_closes_the_breaker_again(clock: FakeClock) -> None:
    model = FakeModel(clock, ModelBusy(), ModelBusy(), ("Hello", ModelBusy()), ModelBusy(), ModelBusy(), STREAM)
    retrying = patient(model, clock, failures=3)
    with pytest.raises(StreamBroken):
        list(retrying.stream(REQUEST, Deadline(120, clock)))

    assert tuple(retrying.stream(REQUEST, Deadline(120, clock))) == STREAM
