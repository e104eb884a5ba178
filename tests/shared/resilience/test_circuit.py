import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from shared.errors import Unavailable
from shared.resilience.circuit import CircuitBreaker
from tests.shared.clocks import FakeClock

FAILURES, OPEN_SECONDS = 3, 10.0


class Broken(Exception):
    """What counts as a failure here."""


class Refused(Exception):
    """An answer, if only to say no."""


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def breaker(clock: FakeClock) -> CircuitBreaker:
    return CircuitBreaker(FAILURES, OPEN_SECONDS, clock)


def call(breaker: CircuitBreaker, error: Exception | None = None) -> str:
    """How one call went: passed, failed or not let through."""
    try:
        with breaker.guard(counts=(Broken,)):
            if error:
                raise error
    except Unavailable:
        return "refused"
    except (Broken, Refused) as raised:
        assert raised is error  # noqa: PT017  the error is passed on as it is
        return "failed"
    return "passed"


def opened(breaker: CircuitBreaker) -> None:
    assert [call(breaker, Broken()) for _ in range(FAILURES)] == ["failed"] * FAILURES


def test_calls_pass_while_all_is_well(breaker: CircuitBreaker) -> None:
    assert [call(breaker) for _ in range(10)] == ["passed"] * 10


def test_failures_in_a_row_open_the_breaker(breaker: CircuitBreaker) -> None:
    opened(breaker)

    assert call(breaker) == "refused"


def test_success_in_between_starts_the_count_again(breaker: CircuitBreaker) -> None:
    for error in [Broken(), Broken(), None, Broken(), Broken()]:
        call(breaker, error)

    assert call(breaker) == "passed"


def test_answer_that_says_no_is_no_failure(breaker: CircuitBreaker) -> None:
    for error in [Broken(), Broken(), Refused(), Broken(), Broken()]:
        call(breaker, error)

    assert call(breaker) == "passed"


def test_more_special_failure_is_a_failure_too(breaker: CircuitBreaker) -> None:
    class Throttled(Broken): ...

    for _ in range(FAILURES):
        call(breaker, Throttled())

    assert call(breaker) == "refused"


def test_whoever_is_refused_hears_how_long_it_lasts(breaker: CircuitBreaker, clock: FakeClock) -> None:
    opened(breaker)
    clock.now += 4

    with pytest.raises(Unavailable) as refusal, breaker.guard(counts=(Broken,)):
        pass

    assert refusal.value.retry_after_seconds == 6


def test_whoever_is_refused_at_the_last_moment_waits_at_least_a_second(
    breaker: CircuitBreaker, clock: FakeClock
) -> None:
    opened(breaker)
    clock.now += OPEN_SECONDS - 0.01

    with pytest.raises(Unavailable) as refusal, breaker.guard(counts=(Broken,)):
        pass

    assert refusal.value.retry_after_seconds == 1


def test_refused_calls_do_not_prolong_the_wait(breaker: CircuitBreaker, clock: FakeClock) -> None:
    opened(breaker)
    for _ in range(4):
        clock.now += OPEN_SECONDS / 5
        assert call(breaker) == "refused"

    clock.now += OPEN_SECONDS / 5

    assert call(breaker) == "passed"


@pytest.mark.parametrize("answer", [None, Refused()])
def test_trial_that_gets_an_answer_closes_the_breaker(
    breaker: CircuitBreaker, clock: FakeClock, answer: Exception | None
) -> None:
    opened(breaker)
    clock.now += OPEN_SECONDS
    call(breaker, answer)

    assert [call(breaker, error) for error in (Broken(), Broken(), None)] == ["failed", "failed", "passed"]


def test_failed_trial_opens_it_again_at_once_for_the_whole_time(breaker: CircuitBreaker, clock: FakeClock) -> None:
    opened(breaker)
    clock.now += OPEN_SECONDS
    assert call(breaker, Broken()) == "failed"

    clock.now += OPEN_SECONDS - 1
    assert call(breaker) == "refused"
    clock.now += 1
    assert call(breaker) == "passed"


def test_others_wait_for_the_trial(breaker: CircuitBreaker, clock: FakeClock) -> None:
    opened(breaker)
    clock.now += OPEN_SECONDS

    with breaker.guard(counts=(Broken,)):
        assert call(breaker) == "refused"

    assert call(breaker) == "passed"


def test_trial_that_never_comes_back_does_not_block_for_ever(breaker: CircuitBreaker, clock: FakeClock) -> None:
    opened(breaker)
    clock.now += OPEN_SECONDS

    with breaker.guard(counts=(Broken,)):
        clock.now += OPEN_SECONDS
        assert call(breaker) == "passed"


def test_only_one_of_many_threads_is_let_through_for_the_trial(breaker: CircuitBreaker, clock: FakeClock) -> None:
    opened(breaker)
    clock.now += OPEN_SECONDS
    threads, others = 8, 7
    together, refused, lock = threading.Barrier(threads), 0, threading.Lock()
    all_others_refused = threading.Event()

    def attempt() -> str:
        nonlocal refused
        together.wait(timeout=30)
        try:
            with breaker.guard(counts=(Broken,)):
                assert all_others_refused.wait(timeout=30)
                return "passed"
        except Unavailable:
            with lock:
                refused += 1
                if refused == others:
                    all_others_refused.set()
            return "refused"

    with ThreadPoolExecutor(threads) as pool:
        attempts = [pool.submit(attempt) for _ in range(threads)]

    assert sorted(each.result() for each in attempts) == ["passed"] + ["refused"] * others


def test_failures_of_many_threads_are_all_counted(clock: FakeClock) -> None:
    threads = 8
    breaker = CircuitBreaker(threads, OPEN_SECONDS, clock)
    inside = threading.Barrier(threads)

    def fail() -> None:
        with breaker.guard(counts=(Broken,)):
            inside.wait(timeout=30)  # all of them were let in while it was closed
            raise Broken

    with ThreadPoolExecutor(threads) as pool:
        failures = [pool.submit(fail) for _ in range(threads)]

    assert [type(each.exception()) for each in failures] == [Broken] * threads
    assert call(breaker) == "refused"


class BreakerOverTime(RuleBasedStateMachine):
    """Calls one after the other, compared with what was let through and how it went."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.breaker = CircuitBreaker(FAILURES, OPEN_SECONDS, self.clock)
        self.failed_in_a_row = 0
        self.last_failure = self.clock.now

    @property
    def must_refuse(self) -> bool:
        return self.failed_in_a_row >= FAILURES and self.clock.now < self.last_failure + OPEN_SECONDS

    @rule(seconds=st.integers(0, 12))
    def time_passes(self, seconds: int) -> None:
        self.clock.now += seconds

    @rule(error=st.sampled_from([None, Refused()]))
    def dependency_answers(self, error: Exception | None) -> None:
        expected = "refused" if self.must_refuse else "failed" if error else "passed"
        assert call(self.breaker, error) == expected
        if expected != "refused":
            self.failed_in_a_row = 0

    @rule()
    def dependency_fails(self) -> None:
        expected = "refused" if self.must_refuse else "failed"
        assert call(self.breaker, Broken()) == expected
        if expected == "failed":
            self.failed_in_a_row += 1
            self.last_failure = self.clock.now

    @invariant()
    def whoever_is_refused_hears_when_to_come_back(self) -> None:
        if self.must_refuse:
            with pytest.raises(Unavailable) as refusal, self.breaker.guard(counts=(Broken,)):
                pass
            assert refusal.value.retry_after_seconds == self.last_failure + OPEN_SECONDS - self.clock.now


TestBreakerOverTime = BreakerOverTime.TestCase


def test_it_says_once_that_it_has_opened_and_closed(clock: FakeClock) -> None:
    noted = list[bool]()
    breaker = CircuitBreaker(FAILURES, OPEN_SECONDS, clock, note=noted.append)
    call(breaker)
    for _ in range(FAILURES):
        call(breaker, Broken())
    assert noted == [True]
    for _ in range(3):  # trials
        clock.now += OPEN_SECONDS
        call(breaker, Broken())
    assert noted == [True]
    clock.now += OPEN_SECONDS
    call(breaker)
    call(breaker)
    assert noted == [True, False]
