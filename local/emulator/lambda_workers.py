"""Lambda: the processes that run functions, how fast they answer and how they end."""

import os
import socketserver
import threading
from typing import Any, Never

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

LOG_WAIT_SECONDS = 0.01

STARTING_AT_ONCE = os.cpu_count() or 1

_retired: set[Any] = set()
"""Workers out of the pool whose last invocation still runs."""

_starting: set[Any] = set()
_turns = threading.Condition()
"""Guards the workers that are starting."""


def send_answers_at_once() -> None:
    """Turn off Nagle's algorithm: the runtime API answers in two small writes, and each call waited 40 ms."""
    socketserver.StreamRequestHandler.disable_nagle_algorithm = True


def wait_less_for_logs() -> None:
    """Wait 10 ms instead of 50 for the first log line, so that a function that logs nothing isn't slow."""
    drain = lambda_runtime.Worker._drain_stderr_bounded

    def drain_sooner(worker: Any, first_line_wait: float = LOG_WAIT_SECONDS, **limits: float) -> str:
        lines: str = drain(worker, first_line_wait, **limits)
        return lines

    lambda_runtime.Worker._drain_stderr_bounded = drain_sooner


def start_workers_in_turn() -> None:
    """Start no more workers at once than there are processors; an invocation takes one that is free before its turn.

    A hundred short invocations at once are served within a second by twenty workers, each used several times. Without
    turns a hundred workers would start, which takes four seconds.
    """
    acquire, release, spawn = lambda_svc.acquire_worker, lambda_svc.release_worker, lambda_runtime.ProvidedWorker._spawn

    def acquire_in_turn(
        function: str, config: dict[str, Any], code: bytes, qualifier: str = "$LATEST", *more: Any
    ) -> tuple[Any, str]:
        pool = lambda_runtime._worker_key(function, config, qualifier)
        with _turns:
            _turns.wait_for(lambda: len(_starting) < STARTING_AT_ONCE or _has_idle_worker(pool))
            worker, how = acquire(function, config, code, qualifier, *more)
            if how == "spawn":
                _starting.add(worker)
        return worker, how

    def spawn_and_pass_on(worker: Any, *arguments: Any, **named: Any) -> None:
        try:
            spawn(worker, *arguments, **named)
        finally:
            _pass_on(worker)

    def release_and_pass_on(worker: Any) -> None:
        release(worker)
        _pass_on(worker)

    lambda_svc.acquire_worker, lambda_svc.release_worker = acquire_in_turn, release_and_pass_on
    lambda_runtime.ProvidedWorker._spawn = spawn_and_pass_on


def _pass_on(worker: Any) -> None:
    """Let those see who wait for their turn that this worker has started, or is free."""
    with _turns:
        _starting.discard(worker)
        _turns.notify_all()


def let_running_invocations_finish() -> None:
    """End a worker that was retired while it worked as soon as its invocation is over (see retire_workers)."""
    release = lambda_svc.release_worker

    def release_or_end(worker: Any) -> None:
        release(worker)
        if worker in _retired:
            _retired.discard(worker)
            lambda_runtime.kill_workers([worker])

    lambda_svc.release_worker = release_or_end


def retire_workers() -> None:
    """Forget all warm workers: the next invocation of any function starts a new one, with the code as it is now."""
    idle, busy = _empty_pool()
    _retired.update(busy)
    lambda_runtime.kill_workers(idle)


def stop_workers() -> list[Any]:
    """End all workers, also those at work, and let no new one start; answers the workers that it ended."""
    lambda_runtime.Worker._spawn = lambda_runtime.ProvidedWorker._spawn = _refuse_to_spawn
    idle, busy = _empty_pool()
    workers = [*idle, *busy, *_retired]
    lambda_runtime.kill_workers(workers)
    return workers


def _has_idle_worker(pool: str) -> bool:
    with lambda_runtime._lock:
        return any(not worker.in_use for worker in lambda_runtime._workers.get(pool, ()))


def _empty_pool() -> tuple[list[Any], list[Any]]:
    pool_lock: threading.Lock = lambda_runtime._lock
    with pool_lock:
        workers = [worker for pool in lambda_runtime._workers.values() for worker in pool]
        lambda_runtime._workers.clear()
        busy = [worker for worker in workers if worker.in_use]
    return [worker for worker in workers if worker not in busy], busy


def _refuse_to_spawn(worker: Any, *_: Any) -> Never:
    _pass_on(worker)
    raise RuntimeError(f"{worker.func_name}: the emulator is stopping")
