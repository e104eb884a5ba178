"""One run, and everybody who may touch it at once: two deliveries, a stop, who looks after it, and who follows it."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.runs.run import OUTCOME, Frame, Run, text_of
from shared.runs.service import RunService
from shared.runs.supervision import RunSupervisor
from shared.runs.worker import Worker
from tests.shared.interleaving import Pause, interleaved
from tests.shared.runs.fake_runs import FakeAnswerer, FakeClock, FakeLog, FakeQueue, FakeSender, a_run, answered_by

_PIECES = [f"piece {number} " for number in range(6)]
_here = threading.local()


class Paused:
    """Lets others go on before every call that a task's own thread makes."""

    def __init__(self, real: object) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._real, name)

        def call(*given: Any, **named: Any) -> Any:
            if pause := getattr(_here, "pause", None):
                pause()
            return method(*given, **named)

        return call


class Stage:
    def __init__(self) -> None:
        self.log, self.sender, self.queue, self.clock = FakeLog(), FakeSender(), FakeQueue(), FakeClock()
        self.kept, self.grown = 0, threading.Event()
        self.answerer = FakeAnswerer(self.script(), writes=lambda _: self.keep())
        self.log.create(replace(a_run(), followers={"c1": 0}), lambda _: None)
        self.answerers = answered_by(self.answerer)
        self.parts: dict[str, Any] = {
            "log": Paused(self.log),
            "sender": Paused(self.sender),
            "clock": self.clock,
        }
        self.runs = RunService(enders=self.answerers, **self.parts)

    def script(self) -> Iterator[str | Callable[[], object]]:
        """Every piece becomes a frame of its own, unless the run ends before."""
        for number, piece in enumerate(_PIECES, start=1):
            yield piece
            yield lambda number=number: self.until_there_are(number)  # type: ignore[misc]
            yield lambda: self.clock.advance(0.6)

    def until_there_are(self, frames: int) -> None:
        while len(self.frames) < frames and self.run.is_open:
            self.grown.wait(0.0005)
            self.clock.advance(0.01)

    def keep(self) -> None:
        self.kept += 1

    @property
    def run(self) -> Run:
        return self.log.runs["run-1"]

    @property
    def frames(self) -> tuple[Frame, ...]:
        return tuple(self.log.logs["run-1"])

    def work(self) -> None:
        Worker(answerers=self.answerers, **self.parts).work("run-1", owner=f"owner-{threading.get_ident()}")

    def stop(self) -> None:
        self.runs.stop(self.run)

    def look_after(self) -> None:
        """When the lease has run out, whether or not the worker is well."""
        self.clock.advance(35)
        log, clock = self.parts["log"], self.clock
        RunSupervisor(runs=self.runs, log=log, queue=self.queue, clock=clock).look_after_overdue()

    def resume(self, connection_id: str, after: int) -> None:
        after = min(after, sum(not frame.is_terminal for frame in self.frames))  # it would get the end again
        self.sender.sent[connection_id] = [frame.message for frame in self.frames[:after]]
        self.runs.follow(self.run, connection_id, after=after)

    def at_once(self, tasks: Sequence[Callable[[], None]], order: Sequence[int]) -> None:
        def gated(task: Callable[[], None]) -> Callable[[Pause], None]:
            def run(pause: Pause) -> None:
                _here.pause = pause
                try:
                    task()
                finally:
                    _here.pause = None

            return run

        interleaved([gated(task) for task in tasks], order)

    def assert_ended_once(self) -> None:
        frames = self.frames
        assert [frame.seq for frame in frames] == list(range(1, len(frames) + 1))
        assert [frame.is_terminal for frame in frames] == [False] * (len(frames) - 1) + [True]
        assert self.run.status == OUTCOME[frames[-1].type]
        assert "".join(_PIECES).startswith(text_of(frames))
        assert self.kept == 1, "the context has kept it once"


_orders = st.lists(st.integers(0, 9), max_size=80)
_cuts = st.integers(0, 8)


@settings(deadline=None, max_examples=150)
@given(order=_orders, cuts=st.tuples(_cuts, _cuts), is_stopped=st.booleans())
def test_whoever_follows_gets_every_frame_once_and_in_order(
    order: list[int], cuts: tuple[int, int], is_stopped: bool
) -> None:
    stage = Stage()
    resumed = {f"r{number}": cut for number, cut in enumerate(cuts)}
    tasks = [stage.work, stage.work, *(lambda c=c, cut=cut: stage.resume(c, cut) for c, cut in resumed.items())]
    stage.at_once([*tasks, stage.stop] if is_stopped else tasks, order)
    stage.assert_ended_once()
    for connection_id in ("c1", *resumed):
        assert stage.sender.sent[connection_id] == [frame.message for frame in stage.frames]


@settings(deadline=None, max_examples=150)
@given(order=_orders, cut=_cuts, is_stopped=st.booleans())
def test_a_worker_that_is_given_up_while_it_lives_repeats_nothing_and_hides_nothing(
    order: list[int], cut: int, is_stopped: bool
) -> None:
    stage = Stage()
    tasks = [stage.work, stage.look_after, lambda: stage.resume("r0", cut), stage.look_after]
    stage.at_once([*tasks, stage.stop] if is_stopped else tasks, order)
    stage.assert_ended_once()
    for connection_id in ("c1", "r0"):
        assert as_a_client_takes_it(stage, connection_id) == [frame.message for frame in stage.frames]


def as_a_client_takes_it(stage: Stage, connection_id: str) -> list[dict[str, Any]]:
    """It takes what is next, ignores what it has, and asks for what it has missed."""
    taken: list[dict[str, Any]] = []
    for message in stage.sender.sent[connection_id]:
        if message["seq"] > len(taken) + 1:
            taken += [frame.message for frame in stage.frames[len(taken) : message["seq"]]]
        elif message["seq"] == len(taken) + 1:
            taken.append(message)
    return taken
