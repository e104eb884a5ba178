"""Queues: latency, concurrency, and messages whose worker fails or dies."""

import json
import os
import signal
import time
from typing import Any

import pytest

from local.emulator.workers import worker_pids
from tests.contracts.emulator.aws import eventually, unique
from tests.contracts.emulator.live_stack import Live

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulator-live")]


MAX_CONCURRENCY = 20
"""The template's MaximumConcurrency."""


def send(live: Live, job: str, queue: str = "Jobs", **details: object) -> None:
    body = json.dumps({"id": job, **details})
    live.aws.client("sqs").send_message(QueueUrl=live.outputs[queue], MessageBody=body)


def ended(live: Live, job: str, attempt: int = 1) -> Any:
    """Wait until the attempt has ended; returns when it began and ended."""

    def kept() -> Any:
        attempted = live.kept(f"{job}/{attempt}")
        return attempted if attempted and "ended" in attempted else None

    return eventually(kept)


def test_message_reaches_an_idle_worker_at_once(live: Live) -> None:
    send(live, warm := unique("job"))
    assert ended(live, warm)
    waited = []
    for _ in range(5):
        sent = time.time()
        send(live, job := unique("job"))
        waited.append(ended(live, job)["began"] - sent)
    assert sorted(waited)[2] < 0.5


def test_concurrent_workers_are_limited_by_the_mapping(live: Live) -> None:
    jobs, gate = [unique("job") for _ in range(MAX_CONCURRENCY + 5)], unique("gate")
    for job in jobs:
        send(live, job, queue="LongJobs", until=gate)

    def begun() -> int:
        return sum(live.kept(f"{job}/1") is not None for job in jobs)

    assert eventually(lambda: begun() >= MAX_CONCURRENCY, within_seconds=90)
    assert begun() == MAX_CONCURRENCY
    live.keep(gate)
    assert all(ended(live, job) for job in jobs)


def test_message_reported_as_failed_is_delivered_again(live: Live) -> None:
    send(live, job := unique("job"), failures=1)
    assert ended(live, job, attempt=2)
    assert "ended" not in live.kept(f"{job}/1")


def test_message_of_a_killed_worker_is_delivered_to_another(live: Live) -> None:
    send(live, job := unique("job"), until="never")
    first = eventually(lambda: live.kept(f"{job}/1"))
    assert first["pid"] in worker_pids(live.outputs["WorkFunction"])
    os.kill(first["pid"], signal.SIGKILL)
    second = eventually(lambda: live.kept(f"{job}/2"))
    assert second["message"] == first["message"]
    assert second["pid"] != first["pid"]
    os.kill(second["pid"], signal.SIGKILL)
