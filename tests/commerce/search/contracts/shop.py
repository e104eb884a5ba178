"""The shop that contracts of finding look into."""

import pytest

from commerce.catalogue.domain.products import Kind
from commerce.search.domain.finding import FacetValue
from tests.commerce.search.engines import Engine, keep
from tests.commerce.search.examples import a_product

SHOP = (
    a_product("candle", "Beeswax candle", description="Burns for forty hours.", category="home", amount=899, minutes=1),
    a_product("candles", "Dinner candles, six", description="Six of them.", category="home", amount=1_299, minutes=2),
    a_product("holder", "Oak holder", description="Carries a candle.", category="home", amount=2_000, minutes=3),
    a_product("scarf", "Wool scarf", category="clothing", tags=("winter", "handmade"), amount=1_500, minutes=4),
    a_product("mug", "Café mug", description="Holds coffee.", category="kitchen", amount=999, minutes=5),
    a_product("goat", "A goat for a family", category="gifts that help", kind=Kind.DONATION, amount=2_500, minutes=6),
)


def counts(values: tuple[FacetValue, ...]) -> dict[str, int]:
    return {each.value: each.count for each in values}


class InAShop:
    @pytest.fixture
    def shop(self, engine: Engine) -> Engine:
        keep(engine, *SHOP)
        return engine
