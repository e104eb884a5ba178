"""When removed projects are erased, and for how long: passes that fail, overlap or come too early."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from personalization.project_erasure.domain.project_eraser import LEASE, SETTLED_AFTER, ProjectEraser
from personalization.prompts.domain.removed_projects import RemovedProject
from shared.errors import Unavailable
from shared.resilience.deadline import Deadline
from tests.personalization.articles.examples import NOW
from tests.personalization.prompts.fakes import FakeRemovedProjects


@dataclass
class FakePart:
    """`before` happens in each pass; `steps` says how many passes a project takes, one if it is not there."""

    steps: dict[str, int] = field(default_factory=dict)
    failing: set[str] = field(default_factory=set)
    before: Callable[[], object] = lambda: None
    passes: list[str] = field(default_factory=list)

    def erase_project(self, project_id: str, now: datetime, deadline: Deadline) -> bool:  # noqa: ARG002
        self.before()
        if project_id in self.failing:
            raise Unavailable("Out of reach.")
        self.passes.append(project_id)
        self.steps[project_id] = self.steps.get(project_id, 1) - 1
        return self.steps[project_id] <= 0


class House:
    """Project `p` was removed at NOW."""

    def __init__(self) -> None:
        self.removed, self.now = FakeRemovedProjects(), NOW
        self.first, self.second = FakePart(), FakePart()
        self.remove("p")

    def remove(self, project_id: str) -> None:
        self.removed.by_id[project_id] = RemovedProject(project_id, self.now, self.now)

    @property
    def eraser(self) -> ProjectEraser:
        return ProjectEraser(self.removed, (self.first, self.second), lambda: self.now)

    def erase(self, seconds: float = 60) -> int:
        return self.eraser.erase_due(Deadline(seconds))


@pytest.fixture
def house() -> House:
    return House()


def test_project_is_erased_at_once_and_again_when_nothing_can_write_any_more(house: House) -> None:
    assert house.erase() == 1
    assert house.erase() == 0, "not due"
    house.now += SETTLED_AFTER - timedelta(seconds=1)
    assert house.erase() == 0
    house.now += timedelta(seconds=1)
    assert house.erase() == 1
    assert (house.first.passes, house.second.passes) == (["p", "p"], ["p", "p"])
    assert house.removed.all() == []


def test_what_a_pass_does_not_finish_the_next_one_does(house: House) -> None:
    house.first.steps["p"] = 3
    for _ in range(2):
        assert house.erase() == 1
        assert house.second.passes == []
    assert house.erase() == 1
    assert house.second.passes == ["p"]
    assert house.erase() == 0
    assert len(house.removed.all()) == 1


def test_project_that_takes_longer_than_an_hour_is_forgotten_after_its_last_pass(house: House) -> None:
    house.first.steps["p"] = 2
    house.now += SETTLED_AFTER * 2
    assert house.erase() == 1
    assert house.removed.all()
    assert house.erase() == 1
    assert house.removed.all() == []


def test_two_at_once_do_not_erase_the_same_project(house: House) -> None:
    house.first.before = lambda: both.append(house.erase())
    both: list[int] = []
    assert house.erase() == 1
    assert both == [0]


def test_pass_that_was_killed_is_carried_on_once_its_lease_is_over(house: House) -> None:
    def die() -> None:
        raise KeyboardInterrupt

    house.first.before = die
    with pytest.raises(KeyboardInterrupt):
        house.erase()
    house.first.before = lambda: None
    assert house.erase() == 0
    house.now += LEASE
    assert house.erase() == 1
    assert house.second.passes == ["p"]


def test_one_that_fails_holds_up_no_other_and_is_reported(house: House) -> None:
    house.remove("q")
    house.first.failing.add("p")
    with pytest.raises(Unavailable):
        house.erase()
    assert house.second.passes == ["q"]
    house.first.failing.clear()
    house.now += LEASE
    assert house.erase() == 1
    assert house.second.passes == ["q", "p"]


def test_without_time_nothing_is_begun(house: House) -> None:
    assert house.erase(seconds=0) == 0
    assert house.erase() == 1
