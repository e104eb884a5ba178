"""Ways in which a Postgres fails, each for as long as its block lasts."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Protocol

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812  a class

from local.background import family
from local.postgres.installation import postmaster_of

type Connect = Callable[[], Connection]
"""As the superuser."""

_CUT_OTHERS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


class Process(Protocol):
    def start(self) -> object: ...

    def stop(self) -> object: ...


@contextmanager
def full(connect: Connect) -> Iterator[None]:
    """The connections of others are cut, and all are taken, also those that are left to superusers."""
    with ExitStack() as held:
        first = held.enter_context(closing(connect()))
        first.cursor().execute(_CUT_OTHERS)
        with suppress(psycopg2.OperationalError):
            while True:
                held.enter_context(closing(connect()))
        yield


@contextmanager
def locked(connect: Connect) -> Iterator[None]:
    """Whoever reads or writes customers waits for a lock."""
    with closing(connect()) as owner:
        owner.cursor().execute("LOCK customers IN ACCESS EXCLUSIVE MODE")
        yield


@contextmanager
def frozen(folder: Path) -> Iterator[None]:
    """All its processes stand still, and close nothing."""
    processes = family(postmaster_of(folder))
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in reversed(processes):
            os.kill(process, signal.SIGCONT)


@contextmanager
def stopped(process: Process) -> Iterator[None]:
    process.stop()
    try:
        yield
    finally:
        process.start()
