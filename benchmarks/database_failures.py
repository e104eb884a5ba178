"""What workers get of Postgres when it is full, slow, killed or down: python -m benchmarks.database_failures

Each of 200 is a worker with a connection of its own, as in Lambda, on a server with max_connections=20. What clients
of the API get is measured by benchmarks.help_desk_under_failure.
"""

import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path

from benchmarks.broken_postgres import frozen, locked, stopped
from benchmarks.latencies import p50_p99_longest
from knowledge_base.customers.adapters.postgres.connection import Database
from knowledge_base.customers.adapters.postgres.records import PostgresCustomers
from knowledge_base.customers.domain.recording import Registered
from local.postgres.process import PostgresProcess
from local.workspace import free_port
from shared.errors import Unavailable
from tests.knowledge_base.customers.facts import NOW
from tests.knowledge_base.customers.postgres import FixedCredentials, TestDatabase, new_database

_CALLERS, _CALLS = 200, 5


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        process = PostgresProcess(Path(folder), free_port(), max_connections=20)
        with process:
            database = new_database(process)
            print(f"{'':28} {'served':>7} {'refused':>8} {'p50 ms':>8} {'p99 ms':>8} {'longest':>8}")
            _show("200 workers, 20 connections", database, nullcontext())
            _show("slow: all wait for a lock", database, locked(partial(process.connect, dbname=database.place.name)))
            _show("frozen", database, frozen(process.folder))
            _show_crash(database)
            _show("down", database, stopped(process))


def _show(name: str, database: TestDatabase, broken: AbstractContextManager[None]) -> None:
    start = threading.Barrier(_CALLERS)

    def call(number: int) -> list[tuple[bool, float]]:
        opened = Database(database.place, FixedCredentials(database.user))
        start.wait()
        try:
            return [_call(PostgresCustomers(opened), f"user-{number}") for _ in range(_CALLS)]
        finally:
            opened.close()

    with broken, ThreadPoolExecutor(_CALLERS) as threads:
        _print(name, [outcome for outcomes in threads.map(call, range(_CALLERS)) for outcome in outcomes])


def _show_crash(database: TestDatabase) -> None:
    """Fifteen workers write for fifteen seconds, in whose second one Postgres is killed."""
    acknowledged: list[str] = []
    lost_at: list[float] = []
    end = time.monotonic() + 15

    def work(worker: int) -> list[tuple[bool, float]]:
        opened = Database(database.place, FixedCredentials(database.user))
        outcomes: list[tuple[bool, float]] = []
        customers = PostgresCustomers(opened)
        while time.monotonic() < end:
            user_id = f"worker-{worker}-{len(outcomes)}"
            started = time.monotonic()
            try:
                customers.record(Registered(user_id, "Ada", "ada@example.org", NOW))
            except Unavailable:
                lost_at.append(time.monotonic())
                time.sleep(0.01)
                outcomes.append((False, time.monotonic() - started))
            else:
                acknowledged.append(user_id)
                outcomes.append((True, time.monotonic() - started))
        opened.close()
        return outcomes

    with ThreadPoolExecutor(15) as threads:
        working = [threads.submit(work, worker) for worker in range(15)]
        time.sleep(1)
        database.process.crash()
        killed_at = time.monotonic()
        _print("killed while 15 write", [outcome for each in working for outcome in each.result()])
    stored = {row[0] for row in database.as_owner("SELECT user_id FROM customers")}
    lost = len(set(acknowledged) - stored)
    print(f"  last refusal {max(lost_at) - killed_at:.1f} s after; acknowledged {len(acknowledged)}, lost {lost}")


def _call(customers: PostgresCustomers, user_id: str) -> tuple[bool, float]:
    started = time.monotonic()
    try:
        customers.find(user_id, 10)
    except Unavailable:
        return False, time.monotonic() - started
    return True, time.monotonic() - started


def _print(name: str, outcomes: Sequence[tuple[bool, float]]) -> None:
    served = sum(is_served for is_served, _ in outcomes)
    p50, p99, longest = p50_p99_longest([seconds for _, seconds in outcomes])
    print(f"{name:28} {served:7} {len(outcomes) - served:8} {p50:8.1f} {p99:8.1f} {longest:8.1f}")


if __name__ == "__main__":
    main()
