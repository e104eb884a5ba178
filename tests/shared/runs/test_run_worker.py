import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import NotFound, Unavailable
from shared.persistence.unit_of_work import UnitOfWork, WriteRefused
from shared.runs.run import Frame, Notice, Piece, text_of
from shared.runs.service import RunService
from shared.runs.worker import Worker
from tests.shared.runs.fake_runs import NOW, FakeAnswerer, FakeClock, FakeLog, FakeSender, a_run, answered_by


class Stage:
    """A queued run with one follower, and everything around it."""

    def __init__(self, *script: Piece | BaseException | Callable[[], object]) -> None:
        self.log, self.sender, self.clock = FakeLog(), FakeSender(), FakeClock()
        self.answerer = FakeAnswerer(script)
        self.log.create(replace(a_run(), followers={"c1": 0}), lambda _: None)
        answerers = answered_by(self.answerer)
        self.worker = Worker(log=self.log, answerers=answerers, sender=self.sender, clock=self.clock)
        self.runs = RunService(log=self.log, enders=answerers, sender=self.sender, clock=self.clock)

    def work(self) -> str | None:
        return self.worker.work("run-1", "me")

    @property
    def frames(self) -> tuple[Frame, ...]:
        return self.log.frames("run-1", 0, NOW)

    def stop(self) -> None:
        self.runs.stop(self.log.runs["run-1"])


def test_an_answer_is_kept_sent_and_ended() -> None:
    stage = Stage("Hello", ", ", "Ada")
    assert stage.work() == "done"
    assert text_of(stage.frames) == "Hello, Ada"
    assert [frame.seq for frame in stage.frames] == list(range(1, len(stage.frames) + 1))
    assert stage.frames[-1].message == {
        "type": "done",
        "runId": "run-1",
        "seq": len(stage.frames),
        "usage": {"outputTokens": 10},
    }
    assert stage.sender.sent["c1"] == [frame.message for frame in stage.frames]
    assert stage.answerer.endings == [("Hello, Ada", "done")]


def test_a_notice_is_a_frame_of_its_own_between_the_words_around_it() -> None:
    stage = Stage("I can ", "propose ", Notice("proposal", {"proposalId": "p1"}), "that", ".")
    assert stage.work() == "done"
    assert text_of(stage.frames) == "I can propose that."
    [at] = [index for index, frame in enumerate(stage.frames) if frame.type == "proposal"]
    assert text_of(stage.frames[:at]) == "I can propose "
    assert stage.frames[at].message == {"type": "proposal", "runId": "run-1", "seq": at + 1, "proposalId": "p1"}
    assert [frame.is_terminal for frame in stage.frames] == [False] * (len(stage.frames) - 1) + [True]
    assert stage.sender.sent["c1"] == [frame.message for frame in stage.frames]


@pytest.mark.parametrize("type_", ["delta", "done", "stopped", "error"])
def test_a_notice_is_not_taken_for_anything_else(type_: str) -> None:
    with pytest.raises(ValueError, match="type"):
        Notice(type_, {})


def test_a_run_is_worked_on_once_however_often_it_is_delivered() -> None:
    stage = Stage("Hello")
    stage.work()
    before = stage.frames
    assert stage.work() is None
    assert stage.frames == before
    assert len(stage.answerer.endings) == 1


def test_a_run_that_another_worker_has_taken_is_left_to_it() -> None:
    stage = Stage("Hello")
    stage.log.take("run-1", "another", NOW)
    assert stage.work() is None
    assert stage.frames == ()


def test_a_failed_answer_keeps_what_was_said_and_says_why() -> None:
    stage = Stage("Hel", Unavailable("The assistant is busy."))
    assert stage.work() == "failed"
    assert text_of(stage.frames) == "Hel"
    assert stage.frames[-1].type == "error"
    assert stage.frames[-1].fields["detail"] == "The assistant is busy."
    assert stage.answerer.endings == [("Hel", "failed")]


def test_a_bug_in_an_answerer_ends_the_run_and_tells_nothing_of_itself() -> None:
    stage = Stage("Hel", ValueError("secret"))
    assert stage.work() == "failed"
    assert "secret" not in str(stage.frames[-1].message)


def test_a_stop_in_the_middle_keeps_exactly_what_was_shown() -> None:
    stage = Stage()
    stage.answerer.script = ["one ", lambda: stage.clock.advance(5), "two ", stage.stop, "three ", "four"]
    stopped_after = threading.Event()
    stage.log.before_append = lambda frame: stopped_after.set() if frame.seq > 1 else None
    assert stage.work() == "stopped"
    assert stage.frames[-1].type == "stopped"
    assert "four" not in text_of(stage.frames)
    assert stage.sender.sent["c1"] == [frame.message for frame in stage.frames]
    assert stage.answerer.endings[-1][1] == "stopped"


@pytest.mark.parametrize("is_stopped_before", [True, False])
def test_of_a_run_that_is_erased_meanwhile_nothing_stays(is_stopped_before: bool) -> None:
    """Not even what is written after that, as the worker has not seen it yet."""
    stage = Stage("Once upon a time")

    def erase(_: Frame) -> None:
        if is_stopped_before:
            stage.stop()
        stage.log.forget("run-1")

    stage.log.before_append = erase
    assert stage.work() == "stopped"
    assert (stage.frames, stage.log.runs) == ((), {})


def test_a_stop_is_seen_while_the_model_says_nothing() -> None:
    stage = Stage()
    released = threading.Event()

    def stop_and_wait() -> None:
        stage.stop()
        stage.clock.advance(2)
        released.wait(10)

    stage.answerer.script = [stop_and_wait, "too late"]
    assert stage.work() == "stopped"
    released.set()
    assert text_of(stage.frames) == ""
    assert stage.sender.seqs("c1") == [1]


def test_a_log_out_of_reach_between_frames_loses_nothing() -> None:
    stage = Stage("one ", "two")
    failures = iter([True, True, False, True])

    def fail_sometimes(_: Frame) -> None:
        if next(failures, False):
            raise Unavailable("The data store is busy.")

    stage.log.before_append = fail_sometimes
    assert stage.work() == "done"
    assert text_of(stage.frames) == "one two"
    assert stage.sender.text("c1") == "one two"


def test_a_write_whose_answer_was_lost_is_not_repeated() -> None:
    stage = Stage("one ", "two")
    append, lost = stage.log.append, iter([True])

    def append_and_lose(frame: Frame, _: object) -> bool:
        written = append(frame, NOW)
        if next(lost, False):
            raise Unavailable("The data store is busy.")
        return written

    stage.log.append = append_and_lose  # type: ignore[method-assign, assignment]
    assert stage.work() == "done"
    assert text_of(stage.frames) == "one two"


def test_a_log_that_stays_out_of_reach_is_given_up_within_the_lease() -> None:
    stage = Stage("one")

    def fail(_: Frame) -> None:
        raise Unavailable("The data store is busy.")

    stage.log.before_append = fail
    with pytest.raises(Unavailable):
        stage.work()
    assert stage.clock.seconds < 30


def test_a_gone_socket_does_not_end_the_run() -> None:
    stage = Stage("one ", "two")
    stage.sender.gone.add("c1")
    assert stage.work() == "done"
    assert text_of(stage.frames) == "one two"


def test_a_frame_that_could_not_be_sent_comes_with_the_next() -> None:
    stage = Stage()
    stage.answerer.script = ["one ", lambda: stage.clock.advance(5), "two"]
    stage.sender.refusals = 1
    assert stage.work() == "done"
    assert stage.sender.sent["c1"] == [frame.message for frame in stage.frames]


def test_a_second_follower_gets_exactly_what_follows() -> None:
    stage = Stage()
    entered = threading.Event()

    def enter() -> None:
        while not stage.frames:
            entered.wait(0.001)
        stage.log.follow("run-1", "c2", 1)

    stage.answerer.script = ["one ", enter, "two ", "three"]
    assert stage.work() == "done"
    assert stage.sender.seqs("c2") == list(range(2, len(stage.frames) + 1))


def test_a_context_that_has_moved_prepares_its_part_again() -> None:
    stage = Stage("Hello")
    refusals = iter([True, True])

    def refuse_twice(_: UnitOfWork) -> None:
        if next(refusals, False):
            raise WriteRefused(frozenset({"context"}))

    stage.answerer.writes = refuse_twice
    assert stage.work() == "done"
    assert len(stage.answerer.endings) == 3


def test_a_context_that_refuses_what_it_should_keep_fails_the_run_with_its_reason() -> None:
    stage = Stage("Hello")
    refusals = iter([True])

    def refuse(_: UnitOfWork) -> None:
        if next(refusals, False):
            raise NotFound("There is no such session.")

    stage.answerer.writes = refuse
    assert stage.work() == "failed"
    assert stage.frames[-1].fields["detail"] == "There is no such session."


def test_an_answer_that_takes_too_long_is_broken_off() -> None:
    stage = Stage()
    released = threading.Event()

    def stall() -> None:
        stage.clock.advance(121)
        released.wait(10)

    stage.answerer.script = ["one", stall, "two"]
    assert stage.work() == "failed"
    released.set()
    assert text_of(stage.frames) == "one"
    assert "too long" in stage.frames[-1].fields["detail"]


def test_a_worker_that_was_given_up_can_write_nothing_more() -> None:
    stage = Stage()

    def lose_the_lease() -> None:
        stage.clock.advance(31)
        run = stage.log.runs["run-1"]
        stage.log.runs["run-1"] = replace(run, owner="another")

    stage.answerer.script = ["one ", lose_the_lease, "two"]
    stage.log.append(Frame("run-1", 1, "delta", {"text": "x"}), NOW)
    assert stage.work() != "done"
    assert text_of(stage.frames) == "x"


@given(st.lists(st.text(min_size=1), max_size=40), st.integers(0, 50))
def test_any_cut_and_resume_equals_the_whole(pieces: list[str], cut: int) -> None:
    stage = Stage(*pieces)
    assert stage.work() == "done"
    before = [frame for frame in stage.frames if frame.seq <= cut]
    after = stage.log.frames("run-1", cut, NOW)
    assert text_of([*before, *after]) == "".join(pieces)
    assert [frame.seq for frame in [*before, *after]] == list(range(1, len(stage.frames) + 1))
