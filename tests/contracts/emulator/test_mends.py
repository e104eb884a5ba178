"""Each mend is still needed, and works: what a scenario shows on MiniStack as it is differs from what it shows mended.

When the first half of a test fails, the new version of MiniStack behaves like AWS there: delete the mend.
"""

import pytest

from local.emulator.mends import MENDS, apply_mends
from tests.contracts.emulator.aws import Aws
from tests.contracts.emulator.scenarios import (  # noqa: F401  they register
    nested_stacks,
    rest,
    restarts,
    services,
    sockets,
)
from tests.contracts.emulator.scenarios.registry import SCENARIOS

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulator-mends")]


def test_every_mend_has_a_scenario() -> None:
    assert SCENARIOS.keys() == MENDS.keys()


def test_unknown_mend_cannot_be_left_out() -> None:
    with pytest.raises(ValueError, match="no such mends: no-such"):
        apply_mends(without=["no-such"])


@pytest.mark.parametrize("mend", MENDS)
def test_mend_is_needed_and_works(mend: str, unmended: Aws, mended: Aws) -> None:
    scenario, right = SCENARIOS[mend]
    assert scenario(unmended) != right, f"upstream fixed this: delete mend {mend}"
    assert scenario(mended) == right
