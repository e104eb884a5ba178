from datetime import datetime

import pytest

from shared.errors import NotFound
from shared.runs.run import Ending, Frame, text_of
from shared.runs.service import RunService
from tests.shared.runs.fake_runs import NOW, FakeAnswerer, FakeClock, FakeLog, FakeSender, a_run, answered_by


def _log(frames: int, *, ended: bool) -> FakeLog:
    log = FakeLog()
    log.create(a_run(), lambda _: None)
    log.take("run-1", "me", NOW)
    for seq in range(1, frames + 1):
        log.append(Frame("run-1", seq, "delta", {"text": f"{seq} "}), NOW)
    if ended:
        _end(log)
    return log


def _runs(log: FakeLog, sender: FakeSender | None = None, clock: FakeClock | None = None) -> RunService:
    answerers, sender, clock = answered_by(FakeAnswerer()), sender or FakeSender(), clock or FakeClock()
    return RunService(log=log, enders=answerers, sender=sender, clock=clock)


def _admit(_: datetime) -> None: ...


def _end(log: FakeLog) -> None:
    frame = Frame("run-1", len(log.logs["run-1"]) + 1, "done", {})
    log.end(log.runs["run-1"], frame, Ending({}, lambda _: None))


def test_following_a_run_that_goes_on_sends_what_there_is_and_enters_the_connection() -> None:
    log, sender = _log(3, ended=False), FakeSender()
    _runs(log, sender).follow(log.runs["run-1"], "c2", after=1)
    assert sender.seqs("c2") == [2, 3]
    assert log.runs["run-1"].followers == {"c2": 3}


def test_following_a_run_that_has_ended_sends_all_the_rest() -> None:
    log, sender = _log(3, ended=True), FakeSender()
    _runs(log, sender).follow(log.runs["run-1"], "c2", after=2)
    assert sender.seqs("c2") == [3, 4]
    assert log.runs["run-1"].followers == {}


def test_a_run_that_ends_while_somebody_begins_to_follow_is_sent_to_its_end() -> None:
    log, sender = _log(2, ended=False), FakeSender()
    read = log.frames

    def frames_then_end(run_id: str, after: int, now: datetime) -> tuple[Frame, ...]:
        found = read(run_id, after, now)
        if not found or not found[-1].is_terminal:
            log.append(Frame("run-1", len(log.logs["run-1"]) + 1, "delta", {"text": "more "}), NOW)
            _end(log)
        return found

    run, log.frames = log.runs["run-1"], frames_then_end  # type: ignore[method-assign]
    _runs(log, sender).follow(run, "c2", after=0)
    assert sender.seqs("c2") == [1, 2, 3, 4]


def test_a_client_that_has_gone_again_is_not_entered() -> None:
    log, sender = _log(2, ended=False), FakeSender()
    sender.gone.add("c2")
    _runs(log, sender).follow(log.runs["run-1"], "c2", after=0)
    assert log.runs["run-1"].followers == {}


def test_a_poll_answers_at_once_with_what_there_is() -> None:
    log, clock = _log(3, ended=False), FakeClock()
    frames = _runs(log, clock=clock).poll(log.runs["run-1"], _admit, after=1)
    assert frames is not None
    assert [frame.seq for frame in frames] == [2, 3]
    assert clock.seconds == 0


def test_a_poll_waits_for_the_next_frame_and_gives_up_before_the_gateway_does() -> None:
    log, clock = _log(1, ended=False), FakeClock()
    assert _runs(log, clock=clock).poll(log.runs["run-1"], _admit, after=1) is None
    assert 20 < clock.seconds <= 25


def test_a_poll_after_the_terminal_frame_says_that_nothing_will_follow() -> None:
    log, clock = _log(1, ended=True), FakeClock()
    assert _runs(log, clock=clock).poll(log.runs["run-1"], _admit, after=2) == ()
    assert _runs(log, clock=clock).poll(log.runs["run-1"], _admit, after=99) == ()


@pytest.mark.parametrize(("user_id", "subject"), [("ben", None), ("ada", "another"), ("ben", "ada")])
def test_anothers_run_is_as_if_it_were_not_there(user_id: str, subject: str | None) -> None:
    log = _log(1, ended=False)
    with pytest.raises(NotFound):
        _runs(log).find_own("run-1", user_id, subject)
    with pytest.raises(NotFound):
        _runs(log).find_own("no-run", user_id, subject)
    assert _runs(log).find_own("run-1", "ada", "ada").run_id == "run-1"


def test_what_was_said_is_the_text_of_the_deltas() -> None:
    assert text_of(_log(3, ended=True).logs["run-1"]) == "1 2 3 "
