"""The crash matrix on the real adapters: the local DynamoDB, and Stripe's SDK with the stand-in."""

import os
import random
from collections.abc import Iterator

import pytest

from local.payments.process import PaymentProcess
from tests.commerce.checkout.mishaps import MISHAPS, played_with, points_of
from tests.commerce.checkout.real_ports import Services, real_ports, services
from tests.commerce.checkout.scenarios import SCENARIOS, Scenario
from tests.commerce.checkout.till import Till

SAMPLED = 2
"""Points of each pair of scenario and mishap; `CRASH_MATRIX=all` takes all of them."""


@pytest.fixture
def at(local_aws: str, stand_in: PaymentProcess) -> Iterator[Services]:
    with services(local_aws, stand_in) as found:
        yield found


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_points_can_be_disturbed(scenario: Scenario, at: Services) -> None:
    points = points_of(scenario, real_ports(at))
    for name, mishap in MISHAPS.items():
        chosen = points
        if os.environ.get("CRASH_MATRIX") != "all":
            chosen = random.Random(f"{scenario.name} {name}").sample(points, SAMPLED)  # noqa: S311  a fixed seed
        for point in chosen:
            till = played_with(scenario, real_ports(at), mishap, point.number, point.phase)
            try:
                till.require_sound()
            except AssertionError as error:
                message = f"{scenario.name}, {name} {point.phase} {point.call} ({point.number})"
                raise AssertionError(message) from error


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_scenario_ends_as_it_should(scenario: Scenario, at: Services) -> None:
    till = Till(real_ports(at))

    scenario.play(till)

    assert {till.saga.found(each).status for each in till.ports.checkout_ids()} == scenario.ends
    till.require_sound()
