"""Whatever crashes, repeats or comes late: charged once, with an order, or not charged, and nothing reserved."""

import pytest

from tests.commerce.checkout.conftest import ports_in_memory
from tests.commerce.checkout.mishaps import MISHAPS, played_with, points_of
from tests.commerce.checkout.scenarios import SCENARIOS, Scenario
from tests.commerce.checkout.till import Till

each_scenario = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)


@each_scenario
def test_scenario_ends_as_it_should(scenario: Scenario) -> None:
    till = Till(ports_in_memory())

    scenario.play(till)

    assert {till.saga.found(each).status for each in till.ports.checkout_ids()} == scenario.ends
    till.require_sound()


@pytest.mark.parametrize("mishap", MISHAPS)
@each_scenario
def test_every_point_can_be_disturbed(scenario: Scenario, mishap: str) -> None:
    points = points_of(scenario, ports_in_memory())
    assert len(points) > 30
    for point in points:
        till = played_with(scenario, ports_in_memory(), MISHAPS[mishap], point.number, point.phase)
        assert till.boundaries.happened
        try:
            till.require_sound()
        except AssertionError as error:
            raise AssertionError(f"{scenario.name}, {mishap} {point.phase} {point.call} ({point.number})") from error
