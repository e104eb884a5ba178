import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import TryLater, Unavailable
from shared.models.model import Message, ModelAnswer, ModelBusy, ModelRequest, RetryingModel, Usage
from shared.resilience.circuit import CircuitBreaker
from shared.resilience.deadline import Deadline
from tests.shared.clocks import FakeClock
from tests.shared.models.fake_model import FakeModel

REQUEST = ModelRequest("Be kind.", (Message("user", "Hello"),))
ANSWER = ModelAnswer("Hello!", Usage(12, 3))
ATTEMPT_SECONDS = FakeModel.attempt_seconds


class Refused(Exception):
    """The model's answer to a request that it will never accept."""


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def patient(model: FakeModel, clock: FakeClock, failures: int = 10**6, jitter: float = 1.0) -> RetryingModel:
    """With a breaker that hardly ever opens, and the longest waits that the jitter allows."""
    breaker = CircuitBreaker(failures, open_seconds=10, clock=clock)
    return RetryingModel(model, breaker, clock.sleep, lambda low, high: low + jitter * (high - low))


def test_answer_comes_without_waiting(clock: FakeClock) -> None:
    model = FakeModel(clock, ANSWER)

    assert patient(model, clock).converse(REQUEST, Deadline(25, clock)) == ANSWER
    assert model.requests == [REQUEST]
    assert clock.slept == []


def test_busy_model_is_called_again_until_it_answers(clock: FakeClock) -> None:
    model = FakeModel(clock, ModelBusy(), ModelBusy(), ANSWER)

    assert patient(model, clock).converse(REQUEST, Deadline(25, clock)) == ANSWER
    assert len(model.called_at) == 3


def test_waits_grow_twofold_and_only_up_to_four_seconds(clock: FakeClock) -> None:
    model = FakeModel(clock, *[ModelBusy()] * 7, ANSWER)

    patient(model, clock).converse(REQUEST, Deadline(1000, clock))

    assert clock.slept == [0.25, 0.5, 1.0, 2.0, 4.0, 4.0, 4.0]


def test_waits_are_drawn_so_that_not_everybody_comes_back_at_once(clock: FakeClock) -> None:
    model = FakeModel(clock, *[ModelBusy()] * 3, ANSWER)

    patient(model, clock, jitter=0.5).converse(REQUEST, Deadline(1000, clock))

    assert clock.slept == [0.125, 0.25, 0.5]


def test_without_a_source_of_jitter_it_still_answers(clock: FakeClock) -> None:
    model = FakeModel(clock, ModelBusy(), ANSWER)
    retrying = RetryingModel(model, CircuitBreaker(5, 10, clock), sleep=clock.sleep)

    assert retrying.converse(REQUEST, Deadline(25, clock)) == ANSWER
    assert 0 <= clock.slept[0] <= 0.25


def test_model_that_stays_busy_is_given_up_in_time(clock: FakeClock) -> None:
    model, deadline = FakeModel(clock, ModelBusy()), Deadline(25, clock)

    with pytest.raises(ModelBusy) as error:
        patient(model, clock).converse(REQUEST, deadline)

    assert len(model.called_at) > 1
    assert deadline.remaining_seconds > 0
    assert error.value.retry_after_seconds == 5


@given(st.floats(0.1, ATTEMPT_SECONDS), st.floats(ATTEMPT_SECONDS, 120), st.floats(0, 1), st.integers(0, 50), st.data())
def test_no_attempt_begins_that_could_outlast_the_deadline(
    attempt: float, seconds: float, jitter: float, busy: int, recovers: bool
) -> None:
    clock = FakeClock()
    last = ANSWER if recovers else ModelBusy()
    model, end = FakeModel(clock, *[ModelBusy()] * busy, last, seconds=attempt), clock.now + seconds
    try:
        patient(model, clock, jitter=jitter).converse(REQUEST, Deadline(seconds, clock))
    except ModelBusy:
        assert clock.now <= end

    assert model.called_at[0] == 1000.0
    assert all(called_at + ATTEMPT_SECONDS <= end + 1e-6 for called_at in model.called_at)


def test_slow_failure_leaves_no_time_to_ask_again(clock: FakeClock) -> None:
    model = FakeModel(clock, ModelBusy(), ANSWER, seconds=18)

    with pytest.raises(ModelBusy):
        patient(model, clock).converse(REQUEST, Deadline(25, clock))

    assert len(model.called_at) == 1
    assert clock.slept == []


def test_refusal_for_good_is_not_repeated(clock: FakeClock) -> None:
    model = FakeModel(clock, Refused(), ANSWER)

    with pytest.raises(Refused):
        patient(model, clock).converse(REQUEST, Deadline(25, clock))

    assert len(model.called_at) == 1


def test_model_that_keeps_failing_is_not_called_while_the_breaker_is_open(clock: FakeClock) -> None:
    model = FakeModel(clock, ModelBusy())
    retrying = patient(model, clock, failures=3)
    with pytest.raises(Unavailable):
        retrying.converse(REQUEST, Deadline(25, clock))
    assert len(model.called_at) == 3

    with pytest.raises(Unavailable) as refusal:
        retrying.converse(REQUEST, Deadline(25, clock))

    assert len(model.called_at) == 3
    assert 1 <= refusal.value.retry_after_seconds <= 10


def test_model_that_recovers_is_called_again_after_the_breaker_has_waited(clock: FakeClock) -> None:
    model = FakeModel(clock, *[ModelBusy()] * 3, ANSWER)
    retrying = patient(model, clock, failures=3)
    with pytest.raises(Unavailable):
        retrying.converse(REQUEST, Deadline(25, clock))

    clock.now += 10

    assert retrying.converse(REQUEST, Deadline(25, clock)) == ANSWER


def test_refusal_for_good_opens_no_breaker(clock: FakeClock) -> None:
    model = FakeModel(clock, *[Refused()] * 5, ANSWER)
    retrying = patient(model, clock, failures=3)
    for _ in range(5):
        with pytest.raises(Refused):
            retrying.converse(REQUEST, Deadline(25, clock))

    assert retrying.converse(REQUEST, Deadline(25, clock)) == ANSWER


def test_busy_model_is_a_reason_to_try_later() -> None:
    assert isinstance(ModelBusy(), TryLater)
    assert ModelBusy().retry_after_seconds >= 1


def test_not_even_a_first_attempt_begins_that_could_outlast_the_deadline() -> None:
    clock = FakeClock()
    model = FakeModel(clock, ANSWER)
    with pytest.raises(ModelBusy):
        patient(model, clock).converse(REQUEST, Deadline(10, clock))
    assert model.requests == []
