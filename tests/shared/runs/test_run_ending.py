import logging
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shared.errors import Unavailable
from shared.persistence.unit_of_work import UnitOfWork, WriteRefused
from shared.runs.run import LEASE, MAX_QUEUED, QUEUED, Frame, Run, text_of
from shared.runs.service import RunService
from shared.runs.starting import RunStarter
from shared.runs.supervision import RunSupervisor
from tests.shared.runs.fake_runs import NOW, FakeAnswerer, FakeClock, FakeLog, FakeQueue, FakeSender, a_run, answered_by

LATER = NOW + LEASE


class Stage:
    def __init__(self, *, taken: bool) -> None:
        self.log, self.sender, self.queue, self.answerer = FakeLog(), FakeSender(), FakeQueue(), FakeAnswerer()
        self.clock = FakeClock()
        answerers = answered_by(self.answerer)
        self.runs = RunService(log=self.log, enders=answerers, sender=self.sender, clock=self.clock)
        self.supervisor = RunSupervisor(runs=self.runs, log=self.log, queue=self.queue, clock=self.clock)
        self.start(replace(a_run(), followers={"c1": 0}))
        if taken:
            self.log.take("run-1", "worker", NOW)
            self.log.append(Frame("run-1", 1, "delta", {"text": "Hel"}), NOW)

    def start(self, run: Run) -> None:
        RunStarter(self.log, self.queue).start(run)

    def look_after(self, now: datetime) -> int:
        self.clock.seconds = (now - NOW).total_seconds()
        return self.supervisor.look_after_overdue()

    @property
    def run(self) -> Run:
        return self.log.runs["run-1"]


def test_a_run_is_announced_before_it_is_queued() -> None:
    log, queue = FakeLog(), FakeQueue()
    seen: list[list[str]] = []
    RunStarter(log, queue).start(a_run(), announce=lambda: seen.append(list(queue.put_runs)))
    assert seen == [[]]
    assert queue.put_runs == ["run-1"]


def test_a_queue_out_of_reach_delays_a_run_and_does_not_lose_it() -> None:
    stage = Stage(taken=False)
    stage.queue.broken = True
    stage.start(a_run("run-2"))
    stage.queue.broken = False
    stage.queue.put_runs.clear()
    assert stage.look_after(NOW + QUEUED) == 2
    assert stage.queue.put_runs == ["run-1", "run-2"]


def test_nothing_is_queued_where_the_run_could_not_be_kept() -> None:
    log, queue = FakeLog(), FakeQueue()

    def refuse(_: UnitOfWork) -> None:
        raise WriteRefused(frozenset({"budget"}))

    with pytest.raises(WriteRefused):
        RunStarter(log, queue).start(a_run(), also=refuse)
    assert queue.put_runs == []


def test_stopping_a_run_that_nobody_has_taken_tells_its_followers() -> None:
    stage = Stage(taken=False)
    stage.runs.stop(stage.run)
    assert stage.sender.sent["c1"][0]["type"] == "stopped"
    assert stage.log.take("run-1", "worker", NOW) is None


def test_stopping_a_run_that_is_worked_on_leaves_the_telling_to_its_worker() -> None:
    stage = Stage(taken=True)
    frame = stage.runs.stop(stage.run)
    assert (frame.type, frame.seq) == ("stopped", 2)
    assert stage.answerer.endings == [("Hel", "stopped")]
    assert stage.sender.sent == {}


def test_stopping_twice_changes_nothing() -> None:
    stage = Stage(taken=True)
    first = stage.runs.stop(stage.run)
    assert stage.runs.stop(stage.run) == first
    assert len(stage.answerer.endings) == 1


def test_a_worker_that_goes_on_while_it_is_stopped_is_overtaken_a_frame_later() -> None:
    stage = Stage(taken=True)
    read, more = stage.log.frames, iter([True])

    def frames_then_another(run_id: str, after: int, now: datetime) -> tuple[Frame, ...]:
        found = read(run_id, after, now)
        if next(more, False):
            stage.log.append(Frame("run-1", len(found) + 1, "delta", {"text": "lo"}), NOW)
        return found

    stage.log.frames = frames_then_another  # type: ignore[method-assign]
    assert stage.runs.stop(stage.run).seq == 3
    assert text_of(stage.log.logs["run-1"]) == "Hello"


def test_a_run_whose_worker_is_gone_fails_and_keeps_what_was_said() -> None:
    stage = Stage(taken=True)
    assert stage.look_after(LATER) == 1
    assert stage.run.status == "failed"
    assert stage.answerer.endings == [("Hel", "failed")]
    assert stage.sender.sent["c1"][-1]["type"] == "error"
    assert stage.look_after(LATER) == 0


def counted(caplog: pytest.LogCaptureFixture) -> list[tuple[str, int, int]]:
    lines = [vars(record) for record in caplog.records if record.message == "run ended"]
    return [(line["kind"], line["failures"], line["stops"]) for line in lines]


def test_a_run_is_counted_once_whoever_ends_it(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    stopped, lost = Stage(taken=True), Stage(taken=True)
    for _ in range(2):
        stopped.runs.stop(stopped.run)
        lost.look_after(LATER)

    assert counted(caplog) == [("agent", 0, 1), ("agent", 1, 0)]


def test_a_run_whose_worker_is_well_is_left_alone() -> None:
    stage = Stage(taken=True)
    assert stage.runs.fail_if_lost(stage.run) == stage.run
    stale = stage.run
    stage.log.renew("run-1", "worker", LATER)
    stage.clock.advance(LEASE.total_seconds())
    assert stage.runs.fail_if_lost(stale) == stale
    assert stage.run.status == "running"


def test_a_run_that_nobody_takes_is_queued_again_and_fails_in_the_end() -> None:
    stage = Stage(taken=False)
    now = NOW
    while stage.run.is_open:
        now += QUEUED
        stage.look_after(now)
        assert now <= NOW + MAX_QUEUED + timedelta(minutes=1)
    assert stage.run.status == "failed"
    assert len(stage.queue.put_runs) == 10
    assert stage.sender.sent["c1"][-1]["type"] == "error"


def test_one_run_that_cannot_be_ended_does_not_hold_up_the_others() -> None:
    stage = Stage(taken=True)
    stage.start(a_run("run-2"))
    stage.log.take("run-2", "worker", NOW)
    end = stage.log.end

    def refuse_the_first(run, *rest, **also):  # type: ignore[no-untyped-def]
        if run.run_id == "run-1":
            raise Unavailable("The data store is busy.")
        end(run, *rest, **also)

    stage.log.end = refuse_the_first  # type: ignore[method-assign]
    assert stage.look_after(LATER) == 2
    assert stage.log.runs["run-2"].status == "failed"


def test_ends_that_meet_the_same_context_wait_for_each_other_longer_and_longer() -> None:
    stage = Stage(taken=True)
    waited: list[float] = []
    stage.clock.sleep = waited.append  # type: ignore[method-assign, assignment]

    def refuse(_: UnitOfWork) -> None:
        raise WriteRefused(frozenset({"context"}))

    stage.answerer.writes = refuse
    with pytest.raises(Unavailable):
        stage.runs.stop(stage.run)
    assert len(waited) == 10
    assert all(
        wait <= longest for wait, longest in zip(waited, [0.01 * 2**n for n in range(6)] + [0.5] * 4, strict=True)
    )
