from decimal import Decimal

import pytest

from personalization.articles.domain.pricing import Cost, Prices
from shared.models.model import Usage
from tests.personalization.articles.examples import PRICES


def test_a_token_costs_millionths_of_the_price_of_a_million() -> None:
    assert PRICES.cost(Usage(1000, 100)) == Cost(4500, "USD")


@pytest.mark.parametrize(("usage", "micros"), [(Usage(0, 0), 0), (Usage(1, 0), 1), (Usage(4, 0), 1), (Usage(5, 1), 3)])
def test_fractions_are_rounded_up_once(usage: Usage, micros: int) -> None:
    assert Prices(Decimal("0.25"), Decimal("1.25"), "USD").cost(usage).micros == micros
