"""Whoever may not call a route is refused, and no data changes: each route, on the deployed platform.

All data is read before and after the requests of each row, so nothing else may happen meanwhile: these tests run alone,
and what the platform does by the clock waits, such as mails that earlier tests have left for later.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from tests.access.data import Data, Snapshot, changes
from tests.access.matrix import Call, Row, rows
from tests.access.world import World
from tests.e2e.clients import Platform

pytestmark = [pytest.mark.platform, pytest.mark.alone]

REFUSING = [row for row in rows() if row.refused]


class Scene:
    """What the requests need is there, and what its making has started has ended; `latest` is all data."""

    def __init__(self, platform: Platform) -> None:
        self.world, self.data = World(platform), Data(platform)
        self.calls: Mapping[str, Call] = {str(row): row.call(self.world) for row in REFUSING}
        self.first: Snapshot = self.data.when_quiet()
        self.latest = self.first

    def changes(self) -> list[str]:
        """Since they were last read."""
        before, self.latest = self.latest, self.data.snapshot()
        return changes(before, self.latest)


@pytest.fixture(scope="module")
def scene(platform: Platform) -> Iterator[Scene]:
    with schedules_disabled(platform.aws("events")):
        yield Scene(platform)


@contextmanager
def schedules_disabled(events: Any) -> Iterator[None]:
    rules = [rule for page in events.get_paginator("list_rules").paginate() for rule in page["Rules"]]
    schedules = [rule["Name"] for rule in rules if "ScheduleExpression" in rule and rule["State"] == "ENABLED"]
    assert schedules
    try:
        for name in schedules:
            events.disable_rule(Name=name)
        yield
    finally:
        for name in schedules:
            events.enable_rule(Name=name)


@pytest.mark.parametrize("row", REFUSING, ids=str)
def test_refused_requests_change_nothing(row: Row, scene: Scene) -> None:
    answers = {caller: scene.world.send(row, scene.calls[str(row)], caller) for caller in row.refused}

    got = {caller: answer.status_code for caller, answer in answers.items()}
    assert got == row.refused, {caller: answer.text[:300] for caller, answer in answers.items()}
    assert scene.changes() == [], f"after requests of {', '.join(answers)}"


def test_nothing_came_of_them_later(scene: Scene) -> None:
    assert changes(scene.first, scene.data.when_quiet()) == []


def test_no_function_lacked_a_right(scene: Scene) -> None:
    """A refusal was none of AWS."""
    assert scene.world.denials() == []
