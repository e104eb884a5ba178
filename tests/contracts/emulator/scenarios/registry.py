"""The scenarios of patches: what a client observes where MiniStack differs from AWS."""

from collections.abc import Callable
from typing import Any

from tests.contracts.emulator.aws import Aws

type Json = dict[str, Any]
type Scenario = Callable[[Aws], object]

SCENARIOS: dict[str, tuple[Scenario, object]] = {}


def shows(patch: str, right: object) -> Callable[[Scenario], Scenario]:
    """Register a scenario with its result on AWS."""

    def register(scenario: Scenario) -> Scenario:
        SCENARIOS[patch] = scenario, right
        return scenario

    return register
