"""Filters, facets, sorts and pages, and what is marked of what was found."""

import html
import re
from dataclasses import replace

import pytest

from commerce.catalogue.domain.products import Kind
from commerce.search.domain.finding import MAX_HITS, Query, Sort
from tests.commerce.search.contracts.shop import SHOP, InAShop, counts
from tests.commerce.search.engines import Engine, ids, keep
from tests.commerce.search.examples import a_product


class NarrowingContract(InAShop):
    def test_what_was_found_is_marked(self, shop: Engine) -> None:
        (first, *_) = shop.finder.find(Query(words="scarf")).hits
        assert (first.highlight.name, first.highlight.description) == ("Wool <em>scarf</em>", None)

        highlights = {hit.product.product_id: hit.highlight for hit in shop.finder.find(Query(words="candle")).hits}
        assert highlights["candles"].name == "Dinner <em>candles</em>, six"
        assert highlights["holder"].name is None
        assert highlights["holder"].description == "Carries a <em>candle</em>."

    def test_what_was_meant_is_marked(self, shop: Engine) -> None:
        assert [hit.highlight.name for hit in shop.finder.find(Query(words="wool sacrf")).hits] == [
            "<em>Wool</em> <em>scarf</em>"
        ]
        assert [hit.highlight.name for hit in shop.finder.find(Query(words="cafe")).hits] == ["<em>Café</em> mug"]

    def test_nothing_is_marked_where_nothing_was_looked_for(self, shop: Engine) -> None:
        assert {(hit.highlight.name, hit.highlight.description) for hit in shop.finder.find(Query()).hits} == {
            (None, None)
        }

    def test_text_of_a_product_stays_text(self, engine: Engine) -> None:
        evil = "<script>alert('x')</script> & <em>scarf</em>"
        keep(engine, a_product(name=evil, description=evil))

        (hit,) = engine.finder.find(Query(words="scarf")).hits

        for text in (hit.highlight.name, hit.highlight.description):
            assert text is not None
            assert re.findall(r"<[^>]*>", text) == ["<em>", "</em>"]
            assert html.unescape(re.sub(r"</?em>", "", text)) == evil
        assert hit.product.name == evil

    def test_of_a_long_description_the_part_around_what_was_found_is_shown(self, engine: Engine) -> None:
        description = "Nothing to see here. " * 60 + "A lamp. " + "Nothing to see there. " * 60
        keep(engine, a_product(description=description))

        (hit,) = engine.finder.find(Query(words="lamp")).hits

        assert hit.highlight.description is not None
        assert "<em>lamp</em>" in hit.highlight.description
        assert len(hit.highlight.description) < 400
        assert re.sub(r"</?em>", "", hit.highlight.description).strip() in description

    def test_category_and_prices_narrow_both_ends_included(self, shop: Engine) -> None:
        def narrowed(**filters: object) -> list[str]:
            return sorted(ids(shop.finder.find(Query(**filters))))  # type: ignore[arg-type]

        assert narrowed(categories=("home",)) == ["candle", "candles", "holder"]
        assert narrowed(categories=("gifts that help",)) == ["goat"]
        assert all(narrowed(categories=(other,)) == [] for other in ("gifts", "HOME", "\ud800"))
        assert narrowed(categories=("kitchen", "clothing", "none")) == ["mug", "scarf"]
        assert narrowed(min_price=1_299, max_price=2_000) == ["candles", "holder", "scarf"]
        assert narrowed(max_price=899) == ["candle"]
        assert narrowed(min_price=2_001) == ["goat"]
        assert narrowed(min_price=2, max_price=1) == []
        assert narrowed(min_price=0, max_price=10**30) == sorted(product.product_id for product in SHOP)
        assert narrowed(min_price=10**30) == []
        assert narrowed(words="candle", categories=("home",), max_price=1_000) == ["candle"]

    def test_facets_count_what_each_value_would_leave(self, shop: Engine) -> None:
        facets = shop.finder.find(Query(words="candle")).facets

        assert {facet: counts(values) for facet, values in facets.items()} == {
            "category": {"home": 3},
            "kind": {"goods": 3},
            "tag": {},
            "price": {"500-999": 1, "1000-1999": 1, "2000-4999": 1},
        }

    def test_facets_stand_in_order(self, shop: Engine) -> None:
        facets = shop.finder.find(Query()).facets

        assert [each.value for each in facets["category"]] == ["home", "clothing", "gifts that help", "kitchen"]
        assert [each.value for each in facets["kind"]] == ["goods", "donation"]
        assert [each.value for each in facets["price"]] == ["500-999", "1000-1999", "2000-4999"]

    def test_a_facets_own_filter_does_not_narrow_its_counts(self, shop: Engine) -> None:
        found = shop.finder.find(Query(categories=("home",), min_price=1_000, max_price=1_999))

        assert ids(found) == ["candles"]
        assert counts(found.facets["category"]) == {"home": 1, "clothing": 1}
        assert counts(found.facets["price"]) == {"500-999": 1, "1000-1999": 1, "2000-4999": 1}
        assert counts(found.facets["kind"]) == {"goods": 1}

    def test_kind_tags_and_stock_narrow(self, engine: Engine) -> None:
        keep(
            engine,
            a_product("both", tags=("winter", "hand made")),
            a_product("winter", tags=("winter",)),
            a_product("sold", tags=("winter", "hand made"), stock=0),
            a_product("gift", kind=Kind.DONATION),
        )

        def narrowed(**filters: object) -> list[str]:
            return sorted(ids(engine.finder.find(Query(**filters))))  # type: ignore[arg-type]  # of many types

        assert narrowed(kind=Kind.DONATION) == ["gift"]
        assert narrowed(kind=Kind.GOODS, in_stock=True) == ["both", "winter"]
        assert narrowed(in_stock=True) == ["both", "gift", "winter"]
        assert narrowed(tags=("winter",)) == ["both", "sold", "winter"]
        assert narrowed(tags=("winter", "hand made")) == ["both", "sold"]
        assert narrowed(tags=("winter", "hand made"), in_stock=True, words="scarf") == ["both"]
        assert narrowed(tags=("hand",)) == narrowed(tags=("Winter",)) == narrowed(tags=("\ud800",)) == []

    def test_facet_of_tags_counts_what_a_further_tag_would_leave(self, engine: Engine) -> None:
        keep(engine, a_product("a", tags=("winter", "new")), a_product("b", tags=("winter",)))
        keep(engine, a_product("c", tags=("new",), stock=0))

        assert counts(engine.finder.find(Query()).facets["tag"]) == {"winter": 2, "new": 2}
        assert counts(engine.finder.find(Query(tags=("winter",))).facets["tag"]) == {"winter": 2, "new": 1}
        assert counts(engine.finder.find(Query(in_stock=True)).facets["tag"]) == {"winter": 2, "new": 1}
        assert counts(engine.finder.find(Query(tags=("winter", "new"))).facets["category"]) == {"clothing": 1}

    def test_facets_do_not_depend_on_the_page(self, shop: Engine) -> None:
        first = shop.finder.find(Query(limit=2))
        second = shop.finder.find(Query(limit=2, offset=2))

        assert first.facets == second.facets
        assert first.total == second.total == len(SHOP)

    def test_dearest_band_is_open(self, engine: Engine) -> None:
        keep(engine, a_product("dear", amount=100_000_000_000), a_product("free", amount=0))

        assert counts(engine.finder.find(Query()).facets["price"]) == {"0-499": 1, "10000-": 1}

    def test_products_are_sorted_as_the_query_says(self, shop: Engine) -> None:
        def sorted_by(sort: Sort) -> list[str]:
            return ids(shop.finder.find(Query(words="candle", sort=sort)))

        assert sorted_by(Sort.CHEAPEST) == ["candle", "candles", "holder"]
        assert sorted_by(Sort.DEAREST) == ["holder", "candles", "candle"]
        assert sorted_by(Sort.NEWEST) == ["holder", "candles", "candle"]

    def test_products_are_sorted_by_name_without_case_and_accents(self, engine: Engine) -> None:
        names = ("Zebra", "émile", "Eagle", "emu", "Emu, blue")
        keep(engine, *(a_product(f"p{number}", name) for number, name in enumerate(names)))

        def sorted_by(sort: Sort) -> list[str]:
            return [hit.product.name for hit in engine.finder.find(Query(sort=sort)).hits]

        assert sorted_by(Sort.NAME) == ["Eagle", "émile", "emu", "Emu, blue", "Zebra"]
        assert sorted_by(Sort.NAME_BACKWARDS) == sorted_by(Sort.NAME)[::-1]

    @pytest.mark.parametrize("words", ["", "scarf"])
    def test_products_are_sorted_by_availability_and_then_the_newest_first(self, engine: Engine, words: str) -> None:
        keep(engine, *(a_product(f"p{number}", minutes=number, stock=number % 2) for number in range(5)))
        keep(engine, a_product("gift", "A scarf for somebody", kind=Kind.DONATION, minutes=2))

        found = engine.finder.find(Query(words=words, sort=Sort.AVAILABILITY))

        assert ids(found) == ["p3", "gift", "p1", "p4", "p2", "p0"]

    @pytest.mark.parametrize("sort", Sort)
    @pytest.mark.parametrize("words", ["", "scarf"])
    def test_pages_follow_one_another(self, engine: Engine, sort: Sort, words: str) -> None:
        keep(engine, *(a_product(f"p{number}", minutes=number // 7, amount=number % 5) for number in range(45)))
        query = Query(words=words, sort=sort, limit=45)
        whole = ids(engine.finder.find(query))

        pages = [ids(engine.finder.find(replace(query, offset=offset, limit=10))) for offset in range(0, 60, 10)]

        assert len(whole) == len(set(whole)) == 45
        assert [product_id for page in pages for product_id in page] == whole
        assert engine.finder.find(replace(query, offset=50, limit=10)).total == 45

    def test_nothing_is_shown_behind_the_deepest_hit(self, shop: Engine) -> None:
        assert shop.finder.find(Query(offset=MAX_HITS)).hits == ()
        assert shop.finder.find(Query(offset=MAX_HITS - 5, limit=10)).hits == ()
        assert shop.finder.find(Query(offset=MAX_HITS * 1_000)).total == len(SHOP)
