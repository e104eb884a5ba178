"""What whoever keeps the lock of the index's runs must do, in memory and in DynamoDB."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from commerce.search.adapters.run_lock import DynamoRunLock
from commerce.search.domain.single_run import KEPT, AlreadyRunning, RunLock, alone
from local.workspace import ROOT
from shared.errors import Unavailable
from tests.commerce.examples import NOW
from tests.commerce.search.fake_run_lock import FakeRunLock
from tests.shared.dynamodb.dynamodb_tables import tables_like

AFTER = NOW + KEPT


class RunLockContract:
    def test_second_run_learns_until_when_the_first_may_last(self, lock: RunLock) -> None:
        lock.take("first", NOW)

        with pytest.raises(AlreadyRunning) as refused:
            lock.take("second", AFTER - timedelta(seconds=1))

        assert refused.value.until == AFTER.replace(microsecond=0)

    def test_lock_of_a_run_that_has_ended_is_free(self, lock: RunLock) -> None:
        with alone(lock, "first", NOW):
            pass

        lock.take("second", NOW)

    def test_lock_of_a_run_that_failed_is_free(self, lock: RunLock) -> None:
        with pytest.raises(ZeroDivisionError), alone(lock, "first", NOW):
            raise ZeroDivisionError

        lock.take("second", NOW)

    def test_lock_of_a_run_that_died_expires(self, lock: RunLock) -> None:
        lock.take("dead", NOW)

        lock.take("second", AFTER)

    def test_run_that_was_taken_for_dead_does_not_release_the_lock_of_the_next(self, lock: RunLock) -> None:
        lock.take("slow", NOW)
        lock.take("second", AFTER)

        lock.release("slow")

        with pytest.raises(AlreadyRunning):
            lock.take("third", AFTER)

    def test_repetition_of_a_call_whose_answer_was_lost_has_the_lock(self, lock: RunLock) -> None:
        lock.take("first", NOW)

        lock.take("first", NOW)


class TestFakeRunLock(RunLockContract):
    @pytest.fixture
    def lock(self) -> RunLock:
        return FakeRunLock()


@pytest.mark.emulator
class TestDynamoRunLock(RunLockContract):
    @pytest.fixture
    def lock(self, local_aws: str) -> Iterator[RunLock]:
        with tables_like(local_aws, ROOT / "commerce" / "search.yaml", ["LocksTable"]) as names:
            yield DynamoRunLock(names["LocksTable"])

    def test_of_runs_that_begin_at_the_same_time_one_has_the_lock(self, lock: RunLock) -> None:
        def begins(holder: str) -> bool:
            try:
                lock.take(holder, NOW)
            except AlreadyRunning:
                return False
            return True

        with ThreadPoolExecutor(8) as runs:
            assert sum(runs.map(begins, map(str, range(8)))) == 1


@pytest.mark.usefixtures("out_of_reach")
def test_nothing_runs_while_the_table_is_out_of_reach() -> None:
    with pytest.raises(Unavailable):
        DynamoRunLock("locks").take("first", NOW)


class UnreleasedLock(FakeRunLock):
    def release(self, holder: str) -> None:
        raise Unavailable(f"DynamoDB is busy: {holder}", 1)


def test_run_whose_lock_cannot_be_released_has_succeeded() -> None:
    with alone(UnreleasedLock(), "first", NOW):
        pass
