"""Each route for those whom it serves, on the deployed platform, where functions have their roles' rights only."""

import pytest

from tests.access.matrix import Row, rows
from tests.access.people import PERSONALIZATION
from tests.access.world import World
from tests.e2e.clients import Platform
from tests.e2e.live import Socket

pytestmark = pytest.mark.platform


@pytest.fixture(scope="module")
def world(platform: Platform) -> World:
    return World(platform)


@pytest.mark.parametrize("row", [row for row in rows() if row.served], ids=str)
def test_each_caller_gets_what_the_matrix_says(row: Row, world: World) -> None:
    got: dict[str, int] = {}
    details: dict[str, str] = {}
    for caller in row.served:
        answer = world.send(row, row.call(world), caller)
        got[caller], details[caller] = answer.status_code, answer.text[:300]

    assert got == row.served, details


def test_no_function_was_refused_anything(world: World) -> None:
    """Those of sockets, and those that events, queues, streams and schedules have started in the meantime, too."""
    with Socket(world.api(PERSONALIZATION, "supporter")) as live:
        run_id = live.ask("How can I help?")
        assert live.frames(run_id)[-1]["type"] == "done"

    assert world.denials() == []
