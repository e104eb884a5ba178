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
    probing = {name: threads.submit(_probed, name, probe) for name, probe in probes.items()}
    wait(probing.values(), timeout=seconds)
    return Health([_dependency(name, answer, seconds) for name, answer in probing.items()])


def _probed(name: str, probe: Probe) -> Dependency:
    started, status = time.perf_counter(), Status.UP
    try:
        probe()
    except Exception as error:  # noqa: BLE001  whatever it is, that is how the dependency is
        logger.warning("a dependency is down", extra={"dependency": name} | without_message(error))
        status = Status.DOWN
    return Dependency(name, status, round((time.perf_counter() - started) * 1000))


def _dependency(name: str, answer: Future[Dependency], seconds: float) -> Dependency:
    if answer.done():
        return answer.result()
    logger.warning("a dependency does not answer", extra={"dependency": name})
    return Dependency(name, Status.DOWN, round(seconds * 1000))
