from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from shared.errors import Unavailable
from shared.persistence.unit_of_work import UnitOfWork, WriteRefused
from shared.runs.ending import end_from_outside, fail_if_lost, look_after, stop
from shared.runs.run import LEASE, QUEUED, QUEUED_AT_MOST, Frame, Run, start, text_of
from tests.shared.runs.fake_runs import NOW, FakeAnswerer, FakeLog, FakeQueue, FakeSender, a_run

LATER = NOW + LEASE


class Stage:
    def __init__(self, *, taken: bool) -> None:
        self.log, self.sender, self.queue, self.answerer = FakeLog(), FakeSender(), FakeQueue(), FakeAnswerer()
        self.answerers = {"agent": self.answerer}
        start(replace(a_run(), followers={"c1": 0}), self.log, self.queue)
        if taken:
            self.log.take("run-1", "worker", NOW)
            self.log.append(Frame("run-1", 1, "delta", {"text": "Hel"}), NOW)

    @property
    def run(self) -> Run:
        return self.log.runs["run-1"]


def test_a_run_is_announced_before_it_is_queued() -> None:
    log, queue = FakeLog(), FakeQueue()
    seen: list[list[str]] = []
    start(a_run(), log, queue, announce=lambda: seen.append(list(queue.put_runs)))
    assert seen == [[]]
    assert queue.put_runs == ["run-1"]


def test_a_queue_out_of_reach_delays_a_run_and_does_not_lose_it() -> None:
    log, queue = FakeLog(), FakeQueue(broken=True)
    start(a_run(), log, queue)
    queue.broken = False
    assert look_after(log, queue, {}, FakeSender(), NOW + QUEUED) == 1
    assert queue.put_runs == ["run-1"]


def test_nothing_is_queued_where_the_run_could_not_be_kept() -> None:
    log, queue = FakeLog(), FakeQueue()

    def refuse(_: UnitOfWork) -> None:
        raise WriteRefused(frozenset({"budget"}))

    with pytest.raises(WriteRefused):
        start(a_run(), log, queue, refuse)
    assert queue.put_runs == []


def test_stopping_a_run_that_nobody_has_taken_tells_its_followers() -> None:
    stage = Stage(taken=False)
    stop(stage.run, stage.log, stage.answerers, stage.sender, NOW)
    assert stage.sender.sent["c1"][0]["type"] == "stopped"
    assert stage.log.take("run-1", "worker", NOW) is None


def test_stopping_a_run_that_is_worked_on_leaves_the_telling_to_its_worker() -> None:
    stage = Stage(taken=True)
    frame = stop(stage.run, stage.log, stage.answerers, stage.sender, NOW)
    assert (frame.type, frame.seq) == ("stopped", 2)
    assert stage.answerer.endings == [("Hel", "stopped")]
    assert stage.sender.sent == {}


def test_stopping_twice_changes_nothing() -> None:
    stage = Stage(taken=True)
    first = stop(stage.run, stage.log, stage.answerers, stage.sender, NOW)
    assert stop(stage.run, stage.log, stage.answerers, stage.sender, NOW) == first
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
    assert stop(stage.run, stage.log, stage.answerers, stage.sender, NOW).seq == 3
    assert text_of(stage.log.logs["run-1"]) == "Hello"


def test_a_run_whose_worker_is_gone_fails_and_keeps_what_was_said() -> None:
    stage = Stage(taken=True)
    assert look_after(stage.log, stage.queue, stage.answerers, stage.sender, LATER) == 1
    assert stage.run.status == "failed"
    assert stage.answerer.endings == [("Hel", "failed")]
    assert stage.sender.sent["c1"][-1]["type"] == "error"
    assert look_after(stage.log, stage.queue, stage.answerers, stage.sender, LATER) == 0


def test_a_run_whose_worker_is_well_is_left_alone() -> None:
    stage = Stage(taken=True)
    assert fail_if_lost(stage.run, stage.log, stage.answerers, stage.sender, NOW) == stage.run
    stale = stage.run
    stage.log.renew("run-1", "worker", LATER)
    assert fail_if_lost(stale, stage.log, stage.answerers, stage.sender, LATER) == stale
    assert stage.run.status == "running"


def test_a_run_that_nobody_takes_is_queued_again_and_fails_in_the_end() -> None:
    stage = Stage(taken=False)
    now = NOW
    while stage.run.is_open:
        now += QUEUED
        look_after(stage.log, stage.queue, stage.answerers, stage.sender, now)
        assert now <= NOW + QUEUED_AT_MOST + timedelta(minutes=1)
    assert stage.run.status == "failed"
    assert len(stage.queue.put_runs) == 10
    assert stage.sender.sent["c1"][-1]["type"] == "error"


def test_one_run_that_cannot_be_ended_does_not_hold_up_the_others() -> None:
    stage = Stage(taken=True)
    start(a_run("run-2"), stage.log, stage.queue)
    stage.log.take("run-2", "worker", NOW)
    end = stage.log.end

    def refuse_the_first(run, *rest, **also):  # type: ignore[no-untyped-def]
        if run.run_id == "run-1":
            raise Unavailable("The data store is busy.")
        end(run, *rest, **also)

    stage.log.end = refuse_the_first  # type: ignore[method-assign]
    assert look_after(stage.log, stage.queue, stage.answerers, stage.sender, LATER) == 2
    assert stage.log.runs["run-2"].status == "failed"


def test_ends_that_meet_the_same_context_wait_for_each_other_longer_and_longer() -> None:
    stage = Stage(taken=True)
    waited: list[float] = []

    def refuse(_: UnitOfWork) -> None:
        raise WriteRefused(frozenset({"context"}))

    stage.answerer.writes = refuse
    with pytest.raises(Unavailable):
        end_from_outside(stage.run, "stopped", stage.log, stage.answerer, NOW, sleep=waited.append)
    assert len(waited) == 10
    assert all(
        wait <= longest for wait, longest in zip(waited, [0.01 * 2**n for n in range(6)] + [0.5] * 4, strict=True)
    )
