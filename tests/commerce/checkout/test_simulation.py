import pytest

from tests.commerce.checkout.simulation import simulate


@pytest.mark.parametrize("seed", range(4))
def test_shops_add_up_while_a_tenth_of_all_calls_fails(seed: int) -> None:
    simulated = simulate(100, 0.1, seed)

    assert simulated.faults > 200
    assert {"completed", "declined", "cancelled"} <= simulated.statuses.keys()
    assert sum(simulated.accounts.values()) == 0
