"""Lambda: the processes that run functions, how fast they answer and how they end."""

import socketserver
import threading
from typing import Any, Never

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

LOG_WAIT_SECONDS = 0.01

_retired: set[Any] = set()
"""Workers out of the pool whose last invocation still runs."""


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


def _empty_pool() -> tuple[list[Any], list[Any]]:
    pool_lock: threading.Lock = lambda_runtime._lock
    with pool_lock:
        workers = [worker for pool in lambda_runtime._workers.values() for worker in pool]
        lambda_runtime._workers.clear()
        busy = [worker for worker in workers if worker.in_use]
    return [worker for worker in workers if worker not in busy], busy


def _refuse_to_spawn(worker: Any, *_: Any) -> Never:
    raise RuntimeError(f"{worker.func_name}: the emulator is stopping")
