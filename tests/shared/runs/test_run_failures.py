"""One call of the log, the queue or the gateway fails, whichever it is, before or after it was done."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.errors import Unavailable
from shared.runs.run import QUEUED, Run, text_of
from shared.runs.service import RunService
from shared.runs.starting import RunStarter
from shared.runs.supervision import RunSupervisor
from shared.runs.worker import Worker
from tests.shared.runs.fake_runs import NOW, FakeAnswerer, FakeClock, FakeLog, FakeQueue, FakeSender, a_run, answered_by

_CALLS = 30  # more than a run makes
_FAILURES = [(number, is_done) for number in range(_CALLS) for is_done in (False, True)]


class Failing:
    """Passes calls on to several parts, and fails the one of that number."""

    def __init__(self, number: int, *, is_done: bool) -> None:
        self._number, self._is_done, self._count = number, is_done, itertools.count()
        self.failed = ""

    def on(self, part: object, *spared: str) -> Any:
        failing = self

        class Part:
            def __getattr__(self, name: str) -> Any:
                method = getattr(part, name)
                return method if name in spared else lambda *a, **b: failing.call(name, lambda: method(*a, **b))

        return Part()

    def call(self, name: str, method: Callable[[], object]) -> object:
        if next(self._count) != self._number:
            return method()
        self.failed = name
        if self._is_done:
            method()
        raise Unavailable("It is busy.")


class Stage:
    def __init__(self, failing: Failing) -> None:
        self.log, self.sender, self.queue, self.clock = FakeLog(), FakeSender(), FakeQueue(), FakeClock()
        pause = lambda: self.clock.advance(4)  # noqa: E731  long enough for looks, and for the lease
        self.answerer = FakeAnswerer(["one ", pause, "two ", pause, "three ", pause, "four"])
        answerers = answered_by(self.answerer)
        self.runs = RunService(log=self.log, enders=answerers, sender=self.sender, clock=self.clock)
        self.log.create(replace(a_run(), followers={"c1": 0}), lambda _: None)
        self.worker = Worker(
            log=failing.on(self.log, "take"), answerers=answerers, sender=failing.on(self.sender), clock=self.clock
        )

    @property
    def run(self) -> Run:
        return self.log.runs["run-1"]


@pytest.mark.parametrize(("number", "is_done"), _FAILURES)
def test_an_answer_survives_any_one_failure_and_reaches_its_follower(number: int, is_done: bool) -> None:
    failing = Failing(number, is_done=is_done)
    stage = Stage(failing)
    assert stage.worker.work("run-1", "me") == "done"
    frames = stage.log.logs["run-1"]
    assert text_of(frames) == "one two three four"
    received = [message for message, _ in itertools.groupby(stage.sender.sent["c1"])]  # one may come twice at once
    assert received == [frame.message for frame in frames]


@pytest.mark.parametrize(("number", "is_done"), _FAILURES)
def test_a_stop_survives_any_one_failure_of_its_worker(number: int, is_done: bool) -> None:
    stage = Stage(Failing(number, is_done=is_done))
    stop = lambda: stage.runs.stop(stage.run)  # noqa: E731
    stage.answerer.script = ["one ", lambda: stage.clock.advance(11), "two ", stop, "three "]
    assert stage.worker.work("run-1", "me") == "stopped"
    received = [message for message, _ in itertools.groupby(stage.sender.sent["c1"])]
    assert received == [frame.message for frame in stage.log.logs["run-1"]]


def look_after(log: FakeLog, queue: FakeQueue, later: timedelta) -> None:
    clock = FakeClock()
    clock.advance(later.total_seconds())
    runs = RunService(log=log, enders=answered_by(FakeAnswerer()), sender=FakeSender(), clock=clock)
    RunSupervisor(runs=runs, log=log, queue=queue, clock=clock).look_after_overdue()


def test_a_run_that_could_not_be_announced_is_worked_on_all_the_same() -> None:
    log, queue = FakeLog(), FakeQueue()

    def fail() -> None:
        raise Unavailable("The gateway is busy.")

    RunStarter(log, queue).start(a_run(), announce=fail)
    assert queue.put_runs == ["run-1"]


def test_a_run_that_cannot_be_ended_at_all_does_not_hold_up_the_others() -> None:
    log, queue = FakeLog(), FakeQueue()
    for run in (a_run("run-1", kind="unknown"), a_run("run-2")):
        RunStarter(log, queue).start(run)
        log.take(run.run_id, "worker", NOW)
    look_after(log, queue, QUEUED)
    assert log.runs["run-2"].status == "failed"


def test_a_run_that_is_taken_at_the_last_moment_is_not_given_up() -> None:
    log, queue = FakeLog(), FakeQueue()
    RunStarter(log, queue).start(a_run())
    late = NOW + 20 * QUEUED
    seen = log.overdue(late, 1)
    log.take("run-1", "worker", late)
    log.overdue = lambda *_: seen  # type: ignore[method-assign]
    look_after(log, queue, 20 * QUEUED)
    assert log.runs["run-1"].status == "running"
