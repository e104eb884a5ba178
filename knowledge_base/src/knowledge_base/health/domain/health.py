"""Whether what the help desk depends on works. Without one of them it is degraded, not down: it has a fallback."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future, wait
from dataclasses import dataclass
from enum import StrEnum

from shared.observability.logs import logger, without_message

type Probe = Callable[[], object]
"""Has a dependency answer the least that it can answer; whatever it raises means that the dependency is down."""


class Status(StrEnum):
    UP = "up"
    DOWN = "down"


class Overall(StrEnum):
    UP = "up"
    DEGRADED = "degraded"


@dataclass(frozen=True, slots=True)
class Dependency:
    name: str
    status: Status
    latency_ms: int


@dataclass(frozen=True, slots=True)
class Health:
    dependencies: Sequence[Dependency]

    @property
    def status(self) -> Overall:
        is_up = all(dependency.status is Status.UP for dependency in self.dependencies)
        return Overall.UP if is_up else Overall.DEGRADED


def health(probes: Mapping[str, Probe], threads: Executor, seconds: float) -> Health:
    """Probe all dependencies at the same time. One that has not answered after `seconds` is down."""
    probing = {name: threads.submit(_timed, probe) for name, probe in probes.items()}
    wait(probing.values(), timeout=seconds)
    return Health([_dependency(name, answer, seconds) for name, answer in probing.items()])


def _timed(probe: Probe) -> float:
    started = time.perf_counter()
    probe()
    return time.perf_counter() - started


def _dependency(name: str, answer: Future[float], seconds: float) -> Dependency:
    if not answer.done():
        logger.warning("a dependency does not answer", extra={"dependency": name})
        return Dependency(name, Status.DOWN, round(seconds * 1000))
    if error := answer.exception():
        logger.warning("a dependency is down", extra={"dependency": name} | without_message(error))
        return Dependency(name, Status.DOWN, 0)
    return Dependency(name, Status.UP, round(answer.result() * 1000))
