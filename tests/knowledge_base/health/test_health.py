import threading
from collections.abc import Iterator
from concurrent.futures import Executor

import pytest

from knowledge_base.health.domain.health import Overall, Status, health
from shared.aws.threads import Threads
from shared.errors import Unavailable


@pytest.fixture
def threads() -> Iterator[Executor]:
    with Threads(4) as threads:
        yield threads


def test_all_are_probed_at_the_same_time(threads: Executor) -> None:
    together = threading.Barrier(3, timeout=5)

    found = health(dict.fromkeys(["tables", "database", "model"], together.wait), threads, 5)

    assert found.status is Overall.UP
    assert [(each.name, each.status) for each in found.dependencies] == [
        ("tables", Status.UP),
        ("database", Status.UP),
        ("model", Status.UP),
    ]


def test_one_that_fails_makes_it_degraded(threads: Executor) -> None:
    def fail() -> None:
        raise Unavailable("It is down.")

    found = health({"tables": lambda: None, "database": fail}, threads, 5)

    assert found.status is Overall.DEGRADED
    assert [each.status for each in found.dependencies] == [Status.UP, Status.DOWN]


def test_one_that_does_not_answer_is_not_waited_for(threads: Executor) -> None:
    answered = threading.Event()
    try:
        found = health({"tables": lambda: None, "database": lambda: answered.wait(30)}, threads, 0.05)
    finally:
        answered.set()

    assert found.status is Overall.DEGRADED
    [tables, database] = found.dependencies
    assert (tables.status, database.status, database.latency_ms) == (Status.UP, Status.DOWN, 50)


def test_it_says_nothing_of_what_went_wrong(threads: Executor, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise RuntimeError("password=hunter2")

    found = health({"database": fail}, threads, 5)

    assert "hunter2" not in f"{found}{caplog.text}"
