"""Every call that leaves the process, as a point where something can happen: before it, and after it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from shared.persistence.unit_of_work import UnitOfWork

type Phase = Literal["before", "after"]


class Killed(BaseException):
    """The process is gone: nothing of it goes on."""


@dataclass(frozen=True)
class Point:
    """The nth call of a run, by name, so that it can be told what it is about."""

    number: int
    call: str
    phase: Phase


@dataclass
class Boundaries:
    """Counts the calls of a run, and makes something happen at one point of it, once."""

    at: tuple[int, Phase] | None = None
    happens: Callable[[Point], None] | None = None
    points: list[Point] = field(default_factory=list)
    happened: bool = False
    calls: int = 0
    _inside: bool = False

    def call(self, name: str, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if self._inside:  # what happens at the point has its own way there
            return work(*args, **kwargs)
        self.calls += 1
        number = self.calls
        self._pass(Point(number, name, "before"))
        answer = work(*args, **kwargs)
        self._pass(Point(number, name, "after"))
        return answer

    def _pass(self, point: Point) -> None:
        self.points.append(point)
        if self.happens and not self.happened and self.at == (point.number, point.phase):
            self.happened = self._inside = True
            try:
                self.happens(point)
            finally:
                self._inside = False


class Observed:
    """Any port: its methods are calls, except those that only add to a unit of work, or only compute."""

    def __init__(self, port: object, name: str, boundaries: Boundaries) -> None:
        self._port, self._name, self._boundaries = port, name, boundaries

    def __getattr__(self, method: str) -> Any:
        target = getattr(self._port, method)

        def call(*args: Any, **kwargs: Any) -> Any:
            if any(map(_is_unit_of_work, [*args, *kwargs.values()])):
                return target(*args, **kwargs)
            return self._boundaries.call(f"{self._name}.{method}", target, *args, **kwargs)

        return call


def observed_work(begin: Callable[[], UnitOfWork], boundaries: Boundaries) -> Callable[[], UnitOfWork]:
    """Units of work whose commit is the call."""

    def begin_observed() -> UnitOfWork:
        work = begin()
        commit = work.commit
        work.commit = lambda: boundaries.call("tables.commit", commit)  # type: ignore[method-assign]
        return work

    return begin_observed


def _is_unit_of_work(value: object) -> bool:
    return hasattr(value, "commit")
