import pytest

from shared.errors import Conflict, Unavailable
from shared.resilience.retries import retry_while_unavailable
from tests.shared.runs.fake_runs import FakeClock


def test_a_call_is_repeated_until_it_is_answered() -> None:
    failures, retries = iter([True, True]), []

    def call() -> str:
        if next(failures, False):
            raise Unavailable("The data store is busy.")
        return "done"

    clock = FakeClock()
    note = lambda: retries.append(clock.seconds)  # noqa: E731
    assert retry_while_unavailable(call, give_up_after_seconds=20, clock=clock, on_retry=note) == "done"
    assert retries == [0.0, 0.1]
    assert clock.seconds == pytest.approx(0.3)


def test_an_attempt_that_would_come_too_late_is_not_made() -> None:
    attempts = []

    def fail() -> None:
        attempts.append(clock.seconds)
        raise Unavailable("The data store is busy.")

    clock = FakeClock()
    with pytest.raises(Unavailable):
        retry_while_unavailable(fail, give_up_after_seconds=10, clock=clock)
    assert attempts[-1] <= 10
    assert len(attempts) > 5


def test_what_another_attempt_would_not_change_is_not_repeated() -> None:
    attempts = []

    def refuse() -> None:
        attempts.append(1)
        raise Conflict("It has changed.")

    with pytest.raises(Conflict):
        retry_while_unavailable(refuse, give_up_after_seconds=10, clock=FakeClock())
    assert len(attempts) == 1
