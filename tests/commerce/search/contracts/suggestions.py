"""What is suggested to whoever is still typing."""

import pytest

from commerce.catalogue.domain.products import Status
from tests.commerce.search.contracts.shop import InAShop
from tests.commerce.search.engines import Engine, keep
from tests.commerce.search.examples import a_product


class SuggestionsContract(InAShop):
    def test_words_and_names_that_go_on_like_this_are_suggested(self, shop: Engine) -> None:
        assert shop.finder.suggest("bee", 5) == ("beeswax", "Beeswax candle")
        assert shop.finder.suggest("wool sc", 5) == ("wool scarf",)
        assert set(shop.finder.suggest("CAF", 5)) == {"café", "Café mug"}
        assert shop.finder.suggest("cafe", 5)[0] == "café"
        assert shop.finder.suggest("zz", 5) == ()

    def test_likeliest_suggestion_is_what_most_products_have(self, engine: Engine) -> None:
        names = ["Candle one", "Candle two", "Candle three", "Candy", "Canvas bag", "Canvas shoes"]
        keep(engine, *(a_product(f"p{number}", name) for number, name in enumerate(names)))

        suggested = engine.finder.suggest("can", 6)

        assert suggested[:3] == ("candle", "canvas", "candy")
        assert len(suggested) == len({each.casefold() for each in suggested}) == 6
        assert set(suggested[3:]) <= set(names)

    def test_words_before_the_last_one_are_taken_as_meant(self, engine: Engine) -> None:
        keep(engine, a_product("scarf", "Red wool scarf"), a_product("socks", "Blue wool socks"))

        assert set(engine.finder.suggest("red s", 5)) == {"red scarf", "Red wool scarf"}
        assert engine.finder.suggest("green s", 5) == ()

    def test_what_leads_to_no_product_is_not_suggested(self, engine: Engine) -> None:
        keep(engine, a_product("hat", "Panama hat"), a_product("scarf", "Pashmina scarf"))
        keep(engine, a_product("hat", "Panama hat", version=2, status=Status.ARCHIVED))

        assert engine.finder.suggest("pa", 5) == ("pashmina", "Pashmina scarf")

    @pytest.mark.parametrize("limit", [1, 2, 3, 10])
    def test_no_more_is_suggested_than_the_limit(self, engine: Engine, limit: int) -> None:
        keep(engine, *(a_product(f"p{number}", f"Candle{chr(97 + number)} stick") for number in range(20)))

        assert len(engine.finder.suggest("can", limit)) == limit

    @pytest.mark.parametrize("prefix", ["", " ", "?!", "\x00"])
    def test_nothing_typed_suggests_nothing(self, shop: Engine, prefix: str) -> None:
        assert shop.finder.suggest(prefix, 5) == ()
