"""Each route for each of its callers, on the deployed platform, whose functions have the rights of their roles only."""

import pytest

from tests.access.matrix import Row, rows
from tests.access.world import PERSONALIZATION, World
from tests.e2e.clients import Platform
from tests.e2e.live import Socket

pytestmark = pytest.mark.platform


@pytest.fixture(scope="module")
def world(platform: Platform) -> World:
    return World(platform)


@pytest.mark.parametrize("row", rows(), ids=str)
def test_each_caller_gets_what_the_matrix_says(row: Row, world: World) -> None:
    got: dict[str, int] = {}
    details: dict[str, str] = {}
    refused = [caller for caller, status in row.statuses.items() if status >= 400]
    call = row.call(world)
    for caller in [*refused, *(row.statuses.keys() - refused)]:
        answer = world.send(row, call, caller)
        got[caller], details[caller] = answer.status_code, answer.text[:300]
        if answer.ok:  # what a refused request needs is still there
            call = row.call(world)

    wrong = {caller: (got[caller], details[caller]) for caller in got if got[caller] != row.statuses[caller]}
    assert not wrong


def test_no_function_was_refused_anything(world: World) -> None:
    """Those of sockets, and those that events, queues, streams and schedules have started in the meantime, too."""
    with Socket(world.api(PERSONALIZATION, "supporter")) as live:
        run_id = live.ask("How can I help?")
        assert live.frames(run_id)[-1]["type"] == "done"

    assert [line["function_name"] for line in world.logged() if "Denied" in line.get("awsError", "")] == []
