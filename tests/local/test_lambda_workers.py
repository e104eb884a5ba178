"""How the local AWS starts workers of a function that has many while the processors are busy: slowly."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from local.emulator import lambda_workers

FUNCTION = "f"


@dataclass(eq=False)
class Worker:
    in_use: bool = True


class Machine:
    """With a clock that stands still, a function's pool of workers, and so many processes that want a processor."""

    def __init__(self) -> None:
        self.seconds, self.processes = 100.0, 1_000
        self.pool = list[Worker]()

    def has(self, workers: int) -> None:
        """All of them busy, the last one started now."""
        self.pool[:] = [Worker() for _ in range(workers)]

    def acquire(self, *_: object) -> tuple[Worker, str]:
        """As the emulator does without bounds."""
        idle = next((worker for worker in self.pool if not worker.in_use), None)
        worker, how = (idle, "reuse") if idle else (Worker(), "spawn")
        worker.in_use = True
        if how == "spawn":
            self.pool.append(worker)
        return worker, how

    def release(self, worker: Worker) -> None:
        worker.in_use = False

    def invoke(self) -> str:
        """How the worker was come by."""
        _, how = lambda_svc.acquire_worker(FUNCTION, {}, b"")
        return str(how)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine()
    monkeypatch.setattr(lambda_runtime, "_workers", {FUNCTION: machine.pool})
    monkeypatch.setattr(lambda_runtime, "_worker_key", lambda *_: FUNCTION)
    monkeypatch.setattr(lambda_runtime.ProvidedWorker, "_spawn", lambda *_: None)
    monkeypatch.setattr(lambda_svc, "acquire_worker", machine.acquire)
    monkeypatch.setattr(lambda_svc, "release_worker", machine.release)
    monkeypatch.setattr(lambda_workers, "time", SimpleNamespace(monotonic=lambda: machine.seconds))
    monkeypatch.setattr(lambda_workers, "_running_processes", lambda: machine.processes)
    monkeypatch.setattr(lambda_workers, "_starting", set())
    monkeypatch.setattr(lambda_workers, "_started_at", machine.seconds)
    lambda_workers.limit_starting_workers()
    return machine


def has_started(worker: Worker) -> None:
    lambda_runtime.ProvidedWorker._spawn(worker)


def waiting(call: Callable[[], str], threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The call once it waits for its turn."""
    waits, wait = threading.Event(), lambda_workers._changed.wait

    def wait_and_say(seconds: float) -> bool:
        waits.set()
        return wait(seconds)

    monkeypatch.setattr(lambda_workers._changed, "wait", wait_and_say)
    called = threads.submit(call)
    assert waits.wait(10)
    return called


def test_few_workers_start_at_once_whatever_the_processors_do(machine: Machine) -> None:
    machine.has(lambda_workers._MANY - 1)
    assert machine.invoke() == "spawn"


@pytest.mark.parametrize("processes", [0, lambda_workers._BUSY_PROCESSES - 1])
def test_many_workers_become_more_while_processors_are_free(machine: Machine, processes: int) -> None:
    machine.has(lambda_workers._MANY)
    machine.processes = processes
    for _ in range(20):
        assert machine.invoke() == "spawn"
        has_started(machine.pool[-1])


def test_while_processors_are_busy_one_more_starts_each_second(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.has(lambda_workers._MANY)
    with ThreadPoolExecutor(1) as threads:
        for number in range(3):
            invocation = waiting(machine.invoke, threads, monkeypatch)
            assert len(machine.pool) == lambda_workers._MANY + number
            machine.seconds += lambda_workers._MORE_SECONDS + 0.1
            assert invocation.result(10) == "spawn"
            has_started(machine.pool[-1])


def test_who_waits_gets_the_first_worker_that_becomes_idle(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.has(lambda_workers._MANY)
    with ThreadPoolExecutor(1) as threads:
        invocation = waiting(machine.invoke, threads, monkeypatch)
        lambda_svc.release_worker(machine.pool[3])
        assert invocation.result(10) == "reuse"
    assert len(machine.pool) == lambda_workers._MANY


def test_no_more_start_together_than_there_are_processors(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [machine.invoke() for _ in range(lambda_workers.MAX_STARTING)] == ["spawn"] * lambda_workers.MAX_STARTING
    with ThreadPoolExecutor(1) as threads:
        invocation = waiting(machine.invoke, threads, monkeypatch)
        has_started(machine.pool[0])
        assert invocation.result(10) == "spawn"
