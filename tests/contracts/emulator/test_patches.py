"""Each patch works and is still needed: its scenario goes wrong without patches and right with them.

If the scenario gives the right result without patches, this version of MiniStack has fixed the difference: delete the
patch.
"""

import pytest

from local.emulator.patches import PATCHES, apply_patches
from tests.contracts.emulator.aws import Aws
from tests.contracts.emulator.scenarios import (  # noqa: F401  they register
    keys,
    knowledge_bases,
    mail,
    nested_stacks,
    rest,
    restarts,
    services,
    short_messages,
    sockets,
    steps,
)
from tests.contracts.emulator.scenarios.registry import SCENARIOS

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulator-patches")]


def test_every_patch_has_a_scenario() -> None:
    assert SCENARIOS.keys() == PATCHES.keys()


def test_unknown_patch_cannot_be_left_out() -> None:
    with pytest.raises(ValueError, match="unknown patches: no-such"):
        apply_patches(without=["no-such"])


# First the one that measures: what other scenarios start goes on, and slows the local AWS without patches down.
IN_ORDER = sorted(PATCHES, key=lambda patch: patch != "lambda-starts")


@pytest.mark.parametrize("patch", IN_ORDER)
def test_patch_is_needed_and_works(patch: str, unpatched: Aws, patched: Aws) -> None:
    scenario, right = SCENARIOS[patch]
    assert scenario(unpatched) != right, f"upstream fixed this: delete patch {patch}"
    assert scenario(patched) == right
