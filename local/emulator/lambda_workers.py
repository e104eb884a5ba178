"""Lambda: the pool of workers, which are the processes that run functions."""

import os
import socketserver
import threading
import time
from pathlib import Path
from typing import Any, Never

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

LOG_WAIT_SECONDS = 0.01

MAX_STARTING = os.cpu_count() or 1

_MANY, _BUSY_PROCESSES, _MORE_SECONDS = 8 * MAX_STARTING, 4 * MAX_STARTING, 1.0
"""A function with so many workers gets another one every second at most while so many processes want a processor."""

STOPPING = threading.Event()
"""The emulator ends all workers, so that invocations fail for no reason of their own."""

_retired: set[Any] = set()
"""Workers that have left the pool but are still running their last invocation."""

_starting: set[Any] = set()
_started_at = 0.0
_changed = threading.Condition()
"""Guards both, and is notified when a worker has started or become idle."""


def disable_nagle() -> None:
    """Disable Nagle's algorithm, which delays the runtime API's answers, two small writes each, by 40 ms."""
    socketserver.StreamRequestHandler.disable_nagle_algorithm = True


def shorten_log_wait() -> None:
    """Wait 10 ms instead of 50 for an invocation's first log line: one that logs nothing waits in vain."""
    drain = lambda_runtime.Worker._drain_stderr_bounded

    def drain_sooner(worker: Any, first_line_wait: float = LOG_WAIT_SECONDS, **limits: float) -> str:
        lines: str = drain(worker, first_line_wait, **limits)
        return lines

    lambda_runtime.Worker._drain_stderr_bounded = drain_sooner


def limit_starting_workers() -> None:
    """Start at most as many workers at the same time as there are processors.

    Meanwhile, other invocations wait for their turn to start one or for an idle worker, whichever comes first. A
    hundred short invocations at once then share about twenty workers and take a second. Starting a hundred workers for
    them would take four. What needs more than the processors have to give would make all of them run into their time
    limits: on AWS each has a processor of its own. So a function that has many workers gets more while there is
    something left for them, or slowly: those that wait for something, and let others run, become as many as they are.
    """
    acquire, release, spawn = lambda_svc.acquire_worker, lambda_svc.release_worker, lambda_runtime.ProvidedWorker._spawn

    def acquire_when_possible(
        function: str, config: dict[str, Any], code: bytes, qualifier: str = "$LATEST", *more: Any
    ) -> tuple[Any, str]:
        pool = lambda_runtime._worker_key(function, config, qualifier)
        global _started_at
        with _changed:
            while not (_has_idle_worker(pool) or _may_start(pool)):
                _changed.wait(_MORE_SECONDS / 4)
            worker, how = acquire(function, config, code, qualifier, *more)
            if how == "spawn":
                _starting.add(worker)
                _started_at = time.monotonic()
        return worker, how

    def spawn_and_notify(worker: Any, *arguments: Any, **named: Any) -> None:
        try:
            spawn(worker, *arguments, **named)
        finally:
            _notify(worker)

    def release_and_notify(worker: Any) -> None:
        release(worker)
        _notify(worker)

    lambda_svc.acquire_worker, lambda_svc.release_worker = acquire_when_possible, release_and_notify
    lambda_runtime.ProvidedWorker._spawn = spawn_and_notify


def _notify(worker: Any) -> None:
    """Wake those who wait: this worker has started or become idle."""
    with _changed:
        _starting.discard(worker)
        _changed.notify_all()


def refuse_cut_answers() -> None:
    """Take an answer that a worker did not send to its end, as it was killed meanwhile, for none."""
    build = lambda_runtime.ProvidedWorker._build_handler_class

    def build_with_whole_answers(worker: Any, *arguments: Any) -> Any:
        handler = build(worker, *arguments)
        read = handler._read_body

        def read_whole(request: Any) -> bytes:
            body: bytes = read(request)
            if len(body) < int(request.headers.get("Content-Length", 0)):
                request.close_connection = True
                raise ConnectionResetError("the worker has ended in the middle of its answer")
            return body

        handler._read_body = read_whole
        return handler

    lambda_runtime.ProvidedWorker._build_handler_class = build_with_whole_answers


def let_running_invocations_finish() -> None:
    """Stop a worker that was retired during an invocation once the invocation is over (see retire_workers)."""
    release = lambda_svc.release_worker

    def release_or_end(worker: Any) -> None:
        release(worker)
        if worker in _retired:
            _retired.discard(worker)
            lambda_runtime.kill_workers([worker])

    lambda_svc.release_worker = release_or_end


def retire_workers() -> None:
    """Empty the pool, so that the next invocation of each function starts a new worker with the current code."""
    idle, busy = _empty_pool()
    _retired.update(busy)
    lambda_runtime.kill_workers(idle)


def stop_workers() -> list[Any]:
    """Stop all workers, busy ones included, and start no more; returns the stopped ones."""
    STOPPING.set()
    lambda_runtime.Worker._spawn = lambda_runtime.ProvidedWorker._spawn = _refuse_to_spawn
    idle, busy = _empty_pool()
    workers = [*idle, *busy, *_retired]
    lambda_runtime.kill_workers(workers)
    return workers


def _may_start(pool: str) -> bool:
    if len(_starting) >= MAX_STARTING:
        return False
    has_few = len(lambda_runtime._workers.get(pool, ())) < _MANY
    return has_few or time.monotonic() - _started_at > _MORE_SECONDS or _running_processes() < _BUSY_PROCESSES


def _running_processes() -> int:
    """That run, or would if there were a processor for them; 0 except on Linux."""
    try:
        return int(Path("/proc/loadavg").read_text().split()[3].partition("/")[0])
    except OSError:
        return 0


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
    _notify(worker)
    raise RuntimeError(f"{worker.func_name}: the emulator is stopping")
