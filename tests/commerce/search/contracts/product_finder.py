"""What whoever finds products must do."""

import html
import re
from dataclasses import replace

import pytest

from commerce.domain.products import Kind, Status
from commerce.domain.search.finding import DEEPEST_HIT, FacetValue, Query, Sort
from tests.commerce.search.engines import Engine, find, ids, keep
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


class ProductFinderContract:
    @pytest.fixture
    def shop(self, engine: Engine) -> Engine:
        keep(engine, *SHOP)
        return engine

    # --- Words

    @pytest.mark.parametrize(
        ("words", "expected"),
        [
            ("beeswax", ["candle"]),
            ("winter", ["scarf"]),
            ("forty", ["candle"]),
            ("SCARF", ["scarf"]),
            ("cafe", ["mug"]),
            ("Café", ["mug"]),
            ("CAFE\u0301", ["mug"]),
            ("scarves wool", ["scarf"]),
            ("wool, scarf!", ["scarf"]),
            ("a scarf for me", ["scarf"]),
            ("gift", []),
        ],
    )
    def test_products_are_found_that_have_every_word(self, shop: Engine, words: str, expected: list[str]) -> None:
        assert find(shop, words) == expected

    def test_other_forms_of_a_word_are_found_too(self, shop: Engine) -> None:
        assert sorted(find(shop, "candle")) == sorted(find(shop, "candles")) == ["candle", "candles", "holder"]

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("Bread knife", "knives"),
            ("Six cake knives", "knife"),
            ("Women's boots", "womens boot"),
            ("Men’s socks", "mens sock"),
            ("Children's atlas", "childrens atlas"),
            ("A child’s atlas", "children atlas"),
            ("Søren Kierkegaard: Either/Or", "soren"),
            ("Kierkegaard by SØREN", "Søren"),
            ("Łódź, a guide", "lodz guide"),
            ("Hors d'œuvre dish", "hors d’oeuvre"),
        ],
    )
    def test_a_word_is_found_in_the_forms_that_people_type(self, engine: Engine, name: str, words: str) -> None:
        keep(engine, a_product("sought", name), a_product("other", "Enamel jug"))

        [hit] = engine.finder.find(Query(words=words)).hits

        assert hit.product.product_id == "sought"
        assert hit.highlight.name is not None
        assert hit.highlight.name.count("<em>") == len(words.split())

    @pytest.mark.parametrize(
        "words", ["tshirt", "TShirts", "t-shirt", "T shirt", "tshrit", "secondhand", "second-hand tshirt", "tshir"]
    )
    def test_what_is_written_with_a_hyphen_is_found_without_it(self, engine: Engine, words: str) -> None:
        keep(engine, a_product("sought", "Coral T-shirt", tags=("second-hand",)), a_product("other", "Coral shirt"))

        assert find(engine, words) == ["sought"]

    @pytest.mark.parametrize("typed", ["sør", "sor"])
    def test_letters_with_strokes_are_suggested_as_they_are_written(self, engine: Engine, typed: str) -> None:
        keep(engine, a_product("sought", "Søren"))

        assert engine.finder.suggest(typed, 5) == ("søren",)
        assert engine.finder.find(Query(words=typed)).total == 1

    def test_a_name_says_more_than_a_tag_and_a_tag_more_than_a_description(self, engine: Engine) -> None:
        fields = {"name": "Lamp", "tags": ("lamp",), "description": "A lamp."}
        other = {"name": "Thing", "tags": ("thing",), "description": "A thing."}
        for field, value in fields.items():
            keep(engine, a_product(field, **(other | {field: value})))  # type: ignore[arg-type]

        assert find(engine, "lamp") == ["name", "tags", "description"]

    def test_a_rare_word_says_more_than_a_common_one(self, engine: Engine) -> None:
        keep(engine, *(a_product(f"c{number}", f"Cotton sheet {number}") for number in range(30)))
        keep(
            engine,
            a_product("rare", "Cotton velvet", description="sheet sheet"),
            a_product("v", "Sheet", tags=("cotton",)),
        )

        assert find(engine, "velvet cotton") == ["rare"]
        assert set(find(engine, "cotton sheet")) == {"rare", "v", *(f"c{number}" for number in range(30))}

    def test_words_may_stand_in_different_fields(self, shop: Engine) -> None:
        assert find(shop, "beeswax burns") == ["candle"]
        assert find(shop, "handmade wool") == ["scarf"]

    @pytest.mark.parametrize("words", ["?!", "—", "🧣", "\x00\x07", '"', "* * *"])
    def test_what_holds_no_word_finds_nothing(self, shop: Engine, words: str) -> None:
        found = shop.finder.find(Query(words=words))

        assert (found.hits, found.total) == ((), 0)
        assert {facet: list(values) for facet, values in found.facets.items()} == {
            "category": [],
            "kind": [],
            "price": [],
        }

    @pytest.mark.parametrize("words", ["", "   "])
    def test_no_words_find_everything_the_newest_first(self, shop: Engine, words: str) -> None:
        assert find(shop, words) == ["goat", "mug", "scarf", "holder", "candles", "candle"]

    def test_only_active_products_are_found(self, engine: Engine) -> None:
        keep(engine, *(a_product(status, status=status) for status in Status))

        assert find(engine, "scarf") == find(engine) == ["active"]
        assert engine.finder.suggest("sc", 5) != ()
        assert engine.finder.find(Query(words="scarf")).total == 1

    # --- Typos and beginnings

    @pytest.mark.parametrize(
        ("typed", "expected"),
        [
            ("scrf", ["scarf"]),
            ("sacrf", ["scarf"]),
            ("scarff", ["scarf"]),
            ("skarf", ["scarf"]),
            ("beezwax", ["candle"]),
            ("hamdmaed", ["scarf"]),
            ("wool sacrf", ["scarf"]),
            ("wol", []),
            ("mog", []),
            ("tcarf", []),
            ("hmdmaed", []),
            ("qqqqqqqq", []),
        ],
    )
    def test_typos_are_survived_in_words_long_enough(self, shop: Engine, typed: str, expected: list[str]) -> None:
        assert find(shop, typed) == expected

    def test_numbers_are_taken_as_typed(self, engine: Engine) -> None:
        keep(engine, a_product("this", "Calendar 2026"), a_product("next", "Calendar 2027"))

        assert find(engine, "calendar 2026") == ["this"]
        assert find(engine, "2028") == []

    def test_a_word_that_somebody_has_is_no_typo(self, engine: Engine) -> None:
        keep(engine, a_product("card", "Birthday card"), a_product("cart", "Toy cart"), a_product("cord", "Cord"))

        assert find(engine, "card") == ["card"]
        assert find(engine, "cert") == ["cart"]

    def test_words_as_typed_come_before_words_that_may_have_been_meant(self, engine: Engine) -> None:
        keep(
            engine,
            a_product("wood", "Wood wood sleigh", description="Wood. Sleigh."),
            a_product("wool", "Something else", description="A sleigh, full of wool and many other things " * 5),
        )

        assert find(engine, "wool sliegh") == ["wool", "wood"]

    @pytest.mark.parametrize(
        ("words", "expected"),
        [
            ("dinner burns", {"candles", "candle"}),
            ("purple scraf", {"scarf"}),
            ("nothing whatever", set()),
        ],
    )
    def test_some_of_the_words_are_enough_where_no_product_has_all(
        self, shop: Engine, words: str, expected: set[str]
    ) -> None:
        assert set(find(shop, words)) == expected

    def test_products_with_more_of_the_words_come_first(self, engine: Engine) -> None:
        keep(engine, a_product("one", "Wool wool wool"), a_product("two", "Wool hat"), a_product("none", "Linen"))

        assert find(engine, "wool hat green") == ["two", "one"]

    def test_fewer_typos_come_before_more(self, engine: Engine) -> None:
        keep(engine, a_product("two", "Handmate"), a_product("one", "A handmade thing", description="Long. " * 50))

        assert find(engine, "handmads")[0] == "one"

    def test_the_last_word_may_be_unfinished(self, shop: Engine) -> None:
        assert find(shop, "bees") == ["candle"]
        assert find(shop, "wool sca") == ["scarf"]
        assert find(shop, "sca oak") == ["holder"]

    def test_filters_do_not_change_what_words_mean(self, engine: Engine) -> None:
        keep(engine, a_product("card", "Card", category="paper"), a_product("cart", "Cart", category="toys"))

        assert ids(engine.finder.find(Query(words="card", category="toys"))) == []
        assert ids(engine.finder.find(Query(words="card", min_price=999_999))) == []
        assert ids(engine.finder.find(Query(words="cerd", category="paper"))) == ["card"]

    # --- Highlights

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

    # --- Filters, facets, sorts, pages

    def test_category_and_prices_narrow_both_ends_included(self, shop: Engine) -> None:
        def narrowed(**filters: object) -> list[str]:
            return sorted(ids(shop.finder.find(Query(**filters))))  # type: ignore[arg-type]

        assert narrowed(category="home") == ["candle", "candles", "holder"]
        assert narrowed(category="gifts that help") == ["goat"]
        assert narrowed(category="gifts") == narrowed(category="HOME") == narrowed(category="\ud800") == []
        assert narrowed(min_price=1_299, max_price=2_000) == ["candles", "holder", "scarf"]
        assert narrowed(max_price=899) == ["candle"]
        assert narrowed(min_price=2_001) == ["goat"]
        assert narrowed(min_price=2, max_price=1) == []
        assert narrowed(min_price=0, max_price=10**30) == sorted(product.product_id for product in SHOP)
        assert narrowed(min_price=10**30) == []
        assert narrowed(words="candle", category="home", max_price=1_000) == ["candle"]

    def test_facets_count_what_each_value_would_leave(self, shop: Engine) -> None:
        facets = shop.finder.find(Query(words="candle")).facets

        assert {facet: counts(values) for facet, values in facets.items()} == {
            "category": {"home": 3},
            "kind": {"goods": 3},
            "price": {"500-999": 1, "1000-1999": 1, "2000-4999": 1},
        }

    def test_facets_stand_in_order(self, shop: Engine) -> None:
        facets = shop.finder.find(Query()).facets

        assert [each.value for each in facets["category"]] == ["home", "clothing", "gifts that help", "kitchen"]
        assert [each.value for each in facets["kind"]] == ["goods", "donation"]
        assert [each.value for each in facets["price"]] == ["500-999", "1000-1999", "2000-4999"]

    def test_a_facets_own_filter_does_not_narrow_its_counts(self, shop: Engine) -> None:
        found = shop.finder.find(Query(category="home", min_price=1_000, max_price=1_999))

        assert ids(found) == ["candles"]
        assert counts(found.facets["category"]) == {"home": 1, "clothing": 1}
        assert counts(found.facets["price"]) == {"500-999": 1, "1000-1999": 1, "2000-4999": 1}
        assert counts(found.facets["kind"]) == {"goods": 1}

    def test_facets_do_not_depend_on_the_page(self, shop: Engine) -> None:
        first = shop.finder.find(Query(limit=2))
        second = shop.finder.find(Query(limit=2, offset=2))

        assert first.facets == second.facets
        assert first.total == second.total == len(SHOP)

    def test_dearest_band_is_open(self, engine: Engine) -> None:
        keep(engine, a_product("dear", amount=100_000_000_000), a_product("free", amount=0))

        assert counts(engine.finder.find(Query()).facets["price"]) == {"0-499": 1, "10000-": 1}

    def test_products_are_sorted_as_asked(self, shop: Engine) -> None:
        def sorted_by(sort: Sort) -> list[str]:
            return ids(shop.finder.find(Query(words="candle", sort=sort)))

        assert sorted_by(Sort.CHEAPEST) == ["candle", "candles", "holder"]
        assert sorted_by(Sort.DEAREST) == ["holder", "candles", "candle"]
        assert sorted_by(Sort.NEWEST) == ["holder", "candles", "candle"]

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
        assert shop.finder.find(Query(offset=DEEPEST_HIT)).hits == ()
        assert shop.finder.find(Query(offset=DEEPEST_HIT - 5, limit=10)).hits == ()
        assert shop.finder.find(Query(offset=DEEPEST_HIT * 1_000)).total == len(SHOP)

    # --- Suggestions

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
    def test_no_more_is_suggested_than_asked_for(self, engine: Engine, limit: int) -> None:
        keep(engine, *(a_product(f"p{number}", f"Candle{chr(97 + number)} stick") for number in range(20)))

        assert len(engine.finder.suggest("can", limit)) == limit

    @pytest.mark.parametrize("prefix", ["", " ", "?!", "\x00"])
    def test_nothing_typed_suggests_nothing(self, shop: Engine, prefix: str) -> None:
        assert shop.finder.suggest(prefix, 5) == ()

    # --- What nobody means well with

    @pytest.mark.parametrize(
        "words",
        [
            'name:scarf AND (a OR "b',
            "scarf~2^5 [a TO *] {x} +-!",
            "* ?* .* [ \\ /.*/",
            "scarf" * 20_000,
            "scarf " * 20_000,
            " ".join(f"word{number}" for number in range(20_000)),
            "\ud800scarf\udfff",
            "\u202escarf\u202c قميص חולצה",
            "scarf\x00\x01\x1b[31m",
            "<script>alert(1)</script>",
            "'; DROP TABLE products; --",
            "ß ẞ ﬁ ŉ İ ı ſ",
            "\u0301" * 1_000,
            "हिन्दी 山田太郎 ไทย",
            "{{7*7}} ${jndi:ldap://x}",
        ],
        ids=lambda words: ascii(words[:12]),
    )
    def test_whatever_is_typed_is_but_words(self, shop: Engine, words: str) -> None:
        for sort in Sort:
            shop.finder.find(Query(words=words, sort=sort))
        shop.finder.suggest(words, 5)

    def test_whatever_a_product_says_can_be_applied_and_found(self, engine: Engine) -> None:
        texts = ["\ud800 scarf", "\u202eفوطة scarf", "scarf\x00", "x" * 100_000 + " scarf", "<script>scarf</script>"]
        keep(
            engine,
            *(a_product(f"p{number}", text, description=text, tags=(text[:40],)) for number, text in enumerate(texts)),
        )

        assert sorted(find(engine, "scarf")) == [f"p{number}" for number in range(len(texts))]
