"""What is suggested to whoever is still typing."""

import pytest

from commerce.catalogue.domain.products import Status
from commerce.search.domain.suggesting import Suggestion, SuggestionKind
from tests.commerce.search.contracts.shop import InAShop
from tests.commerce.search.engines import Engine, keep, suggested
from tests.commerce.search.examples import a_product


class SuggestionsContract(InAShop):
    def test_categories_words_and_products_that_go_on_like_this_are_suggested(self, shop: Engine) -> None:
        assert shop.finder.suggest("bee", 5) == (
            Suggestion("beeswax", SuggestionKind.WORDS),
            Suggestion("Beeswax candle", SuggestionKind.PRODUCT, "candle"),
        )
        assert shop.finder.suggest("hel", 5) == (Suggestion("gifts that help", SuggestionKind.CATEGORY),)
        assert suggested(shop, "wool sc") == ["wool scarf"]
        assert set(suggested(shop, "CAF")) == {"café", "Café mug"}
        assert suggested(shop, "cafe")[0] == "café"
        assert suggested(shop, "zz") == []

    def test_likeliest_suggestion_is_what_most_products_have(self, engine: Engine) -> None:
        names = ["Candle one", "Candle two", "Candle three", "Candy", "Canvas bag", "Canvas shoes"]
        keep(engine, *(a_product(f"p{number}", name) for number, name in enumerate(names)))

        texts = suggested(engine, "can", 6)

        assert texts[:3] == ["candle", "canvas", "candy"]
        assert len(texts) == len({each.casefold() for each in texts}) == 6
        assert set(texts[3:]) <= set(names)

    def test_largest_categories_come_first_and_not_more_than_three(self, engine: Engine) -> None:
        categories = ["Toys", "Tools", "Tools", "Tops", "Tops", "Tops", "Women's tops", "Women's tops"]
        keep(engine, *(a_product(f"p{number}", "Object", category=name) for number, name in enumerate(categories)))

        assert suggested(engine, "to", 8) == ["Tops", "Tools", "Women's tops"]
        assert suggested(engine, "toy", 8) == ["Toys"]
        assert suggested(engine, "women t", 8) == ["Women's tops"]
        assert suggested(engine, "women to", 1) == ["Women's tops"]

    def test_no_word_is_suggested_twice(self, engine: Engine) -> None:
        keep(engine, a_product("tea", "Tea towel for teapots"), a_product("pot", "Teapot", category="Teapot"))

        assert suggested(engine, "teap", 8) == ["Teapot", "Tea towel for teapots"]
        assert "tea tea" not in suggested(engine, "tea tea", 8)
        assert "teapot teapots" not in suggested(engine, "teapot tea", 8)

    def test_words_that_say_nothing_are_not_suggested(self, engine: Engine) -> None:
        keep(engine, a_product("emma", "Emma by Jane Austen, and more"))

        assert suggested(engine, "jane a") == ["jane austen", "Emma by Jane Austen, and more"]

    def test_words_before_the_last_one_are_taken_as_meant(self, engine: Engine) -> None:
        keep(engine, a_product("scarf", "Red wool scarf"), a_product("socks", "Blue wool socks"))

        assert set(suggested(engine, "red s")) == {"red scarf", "Red wool scarf"}
        assert suggested(engine, "green s") == []

    def test_what_leads_to_no_product_is_not_suggested(self, engine: Engine) -> None:
        keep(engine, a_product("hat", "Panama hat", category="Party hats"), a_product("scarf", "Pashmina scarf"))
        keep(engine, a_product("hat", "Panama hat", category="Party hats", version=2, status=Status.ARCHIVED))

        assert suggested(engine, "pa") == ["pashmina", "Pashmina scarf"]

    @pytest.mark.parametrize("limit", [1, 2, 3, 10])
    def test_no_more_is_suggested_than_the_limit(self, engine: Engine, limit: int) -> None:
        keep(engine, *(a_product(f"p{number}", f"Candle{chr(97 + number)} stick") for number in range(20)))

        assert len(suggested(engine, "can", limit)) == limit

    @pytest.mark.parametrize("prefix", ["", " ", "?!", "\x00"])
    def test_nothing_typed_suggests_nothing(self, shop: Engine, prefix: str) -> None:
        assert suggested(shop, prefix) == []
