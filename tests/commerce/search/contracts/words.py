"""Which words find what, in which order, and what hostile text must not do."""

import pytest

from commerce.catalogue.domain.products import Status
from commerce.search.domain.finding import Match, Query, Sort
from commerce.search.domain.reading import MAX_WORDS
from commerce.search.domain.vocabulary import synonyms
from tests.commerce.search.contracts.shop import InAShop
from tests.commerce.search.engines import Engine, find, ids, keep, suggested
from tests.commerce.search.examples import a_product

OTHER_WORDS = [
    ("किताब", "कुतुब"),
    ("কলা", "কালি"),
    ("மரம்", "மாரி"),
    ("กา", "ก่า"),
    ("かき", "がき"),
    ("ދިވެހި", "ދުވަސް"),
    ("ខ្មែរ", "ខ្មារ"),
]
"""Pairs that differ in marks."""

SAME_WORDS = [
    ("Tea\u00adpot", "teapot"),
    ("teapot", "tea\u00adpot"),
    ("tea\u2060pot", "TEAPOT"),
    ("\u200etea\u200bpot\u200f"[1:-1], "\ufeffteapot"),
    ("שָׁלוֹם", "שלום"),
    ("ספר", "סֵפֶר"),
    ("كِتَاب", "كتاب"),
    ("كتـــاب", "كتاب"),
    ("أحمد", "احمد"),
    ("می\u200cخواهم", "میخواهم"),
    ("чайник", "чаиник"),
    ("Ωμέγα", "ωμεγα"),
    ("Πρωῒ", "πρωι"),
    ("việt", "viet"),
    ("ﾃｨｰﾎﾟｯﾄ", "ティーポット"),
]
"""As written, and as typed."""


WORDINGS = sorted(synonyms().by_wording, key=lambda wording: -len(synonyms().by_wording[wording]))[:MAX_WORDS]
"""With the most synonyms: queries of these words are the largest."""


class WordsContract(InAShop):
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
            ("gift", ["goat"]),
            ("lamp", []),
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

    @pytest.mark.parametrize(("name", "other"), OTHER_WORDS)
    def test_words_keep_the_marks_that_tell_them_apart(self, engine: Engine, name: str, other: str) -> None:
        keep(engine, a_product("sought", name), a_product("other", other))

        [hit] = engine.finder.find(Query(words=name)).hits

        assert (hit.product.product_id, hit.highlight.name) == ("sought", f"<em>{name}</em>")

    @pytest.mark.parametrize(("written", "typed"), SAME_WORDS)
    def test_word_is_found_however_it_is_pointed_and_divided(self, engine: Engine, written: str, typed: str) -> None:
        keep(
            engine, a_product("sought", f"x {written} y", description=f"z {written}"), a_product("other", "Enamel jug")
        )

        [hit] = engine.finder.find(Query(words=typed)).hits

        assert (hit.product.product_id, hit.highlight.name) == ("sought", f"x <em>{written}</em> y")
        assert hit.highlight.description == f"z <em>{written}</em>"

    @pytest.mark.parametrize(("written", "typed"), [*SAME_WORDS, *OTHER_WORDS[:1]])
    def test_word_is_suggested_as_it_is_written(self, engine: Engine, written: str, typed: str) -> None:
        keep(engine, a_product("sought", written))
        typed = written if (written, typed) in OTHER_WORDS else typed

        assert suggested(engine, typed, 1) == [written.lower()]
        assert suggested(engine, typed[:3], 1) == [written.lower()]

    @pytest.mark.parametrize(
        "words", ["tshirt", "TShirts", "t-shirt", "T shirt", "tshrit", "secondhand", "second-hand tshirt", "tshir"]
    )
    def test_what_is_written_with_a_hyphen_is_found_without_it(self, engine: Engine, words: str) -> None:
        keep(engine, a_product("sought", "Coral T-shirt", tags=("second-hand",)), a_product("other", "Coral shirt"))

        assert find(engine, words) == ["sought"]

    @pytest.mark.parametrize("typed", ["sør", "sor"])
    def test_letters_with_strokes_are_suggested_as_they_are_written(self, engine: Engine, typed: str) -> None:
        keep(engine, a_product("sought", "Søren"))

        assert suggested(engine, typed) == ["søren"]
        assert engine.finder.find(Query(words=typed)).total == 1

    def test_a_name_says_more_than_a_tag_then_a_category_then_a_description(self, engine: Engine) -> None:
        fields = {"name": "Lamp", "tags": ("lamp",), "category": "Lamps", "description": "A lamp."}
        other = {"name": "Thing", "tags": ("thing",), "category": "Things", "description": "A thing."}
        for field, value in fields.items():
            keep(engine, a_product(field, **(other | {field: value})))  # type: ignore[arg-type]

        assert find(engine, "lamp") == ["name", "tags", "category", "description"]

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
            "tag": [],
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

    # --- Categories and other words

    def test_words_of_a_category_find_its_products(self, shop: Engine) -> None:
        assert set(find(shop, "homes")) == {"candle", "candles", "holder"}
        assert find(shop, "help gifts") == ["goat"]
        assert find(shop, "wool clothing") == ["scarf"]

    @pytest.mark.parametrize(
        ("name", "typed"),
        [
            ("Navy jumper", "sweaters"),
            ("Merino sweater", "jumper"),
            ("Slim-fit jeans", "pants"),
            ("Wellington boots", "wellies"),
            ("Leather shoulder bag", "handbag"),
            ("Christmas cards", "xmas card"),
            ("Gift box", "presents"),
            ("Coral T-shirt", "tee shirt"),
            ("Lace-up shoes", "trainers"),
            ("Teddy bear", "stuffed animals"),
            ("Wool scarf", "woollen scarf"),
            ("Navy jumper", "blue jumper"),
        ],
    )
    def test_other_words_for_the_same_thing_find_it(self, engine: Engine, name: str, typed: str) -> None:
        keep(engine, a_product("sought", name, category="a"), a_product("other", "Enamel jug", category="a"))

        found = engine.finder.find(Query(words=typed))

        assert (ids(found), found.match) == (["sought"], Match.ALL)
        assert found.hits[0].highlight.name is not None

    def test_what_is_named_as_typed_comes_before_what_means_the_same(self, engine: Engine) -> None:
        keep(engine, a_product("same", "Navy jumper"), a_product("named", "Navy cotton sweater"))

        assert find(engine, "sweater") == ["named", "same"]

    def test_other_words_are_not_looked_for_in_descriptions(self, engine: Engine) -> None:
        keep(engine, a_product("pot", "Teapot", description="Makes six cups."), a_product("mug", "Mug"))

        assert sorted(find(engine, "cups")) == ["mug", "pot"]
        assert find(engine, "beaker") == ["mug"]

    def test_some_words_also_mean_others_that_do_not_mean_them(self, engine: Engine) -> None:
        keep(engine, a_product("jeans", "Jeans"), a_product("trousers", "Trousers"))

        assert find(engine, "trousers") == ["trousers", "jeans"]
        assert find(engine, "jeans") == ["jeans"]

    @pytest.mark.parametrize(("written", "typed"), [("Enamel teapot", "tea pot"), ("Enamel tea pots", "teapot")])
    def test_compounds_are_found_with_and_without_a_space(self, engine: Engine, written: str, typed: str) -> None:
        keep(engine, a_product("sought", written), a_product("other", "Enamel pot"))

        assert find(engine, typed) == ["sought"]
        assert engine.finder.find(Query(words=f"enamel {typed}")).match is Match.ALL

    # --- How much was loosened

    @pytest.mark.parametrize(
        ("words", "match"),
        [
            ("", Match.ALL),
            ("scarves", Match.ALL),
            ("wool scarf", Match.ALL),
            ("wool sca", Match.SIMILAR),
            ("wool sacrf", Match.SIMILAR),
            ("purple scarf", Match.SOME),
            ("purple scraf", Match.SOME),
            ("zeppelin", Match.ALL),
        ],
    )
    def test_answer_says_how_its_products_match(self, shop: Engine, words: str, match: Match) -> None:
        assert shop.finder.find(Query(words=words)).match is match

    @pytest.mark.parametrize(
        ("name", "typed"),
        [
            ("War and Peace by Leo Tolstoy", "lego"),
            ("Songs of a male choir", "chair"),
            ("Navy cotton blouse", "cot"),
            ("Folk songs, LP", "fork"),
            ("Red hat", "red sofa"),
            ("Leather boots, size 7", "leather sofa size 7"),
            ("Gold-rimmed plates", "gold necklace"),
            ("Table lamp", "garden table"),
        ],
    )
    def test_nothing_is_found_where_the_shop_has_nothing_of_the_kind(
        self, engine: Engine, name: str, typed: str
    ) -> None:
        keep(engine, a_product("other", name, category="a"))

        assert find(engine, typed) == []

    def test_word_may_be_a_typo_of_another_where_the_rest_matches(self, engine: Engine) -> None:
        keep(engine, a_product("austen", "Emma by Jane Austen"))

        assert find(engine, "jane austin") == ["austen"]
        assert find(engine, "austin") == []

    def test_typo_in_a_synonym_is_survived(self, engine: Engine) -> None:
        keep(engine, a_product("bag", "Leather shoulder bag"))

        assert find(engine, "hanbag") == ["bag"]

    def test_typos_in_descriptions_are_not_looked_for(self, engine: Engine) -> None:
        keep(engine, a_product("vase", "Glass vase", description="Tall enough for gladioli."))

        assert find(engine, "gladiolly") == []
        assert find(engine, "gladioli") == ["vase"]

    def test_what_is_sold_out_comes_last(self, engine: Engine) -> None:
        keep(engine, a_product("sold", "Scarf scarf", stock=0, minutes=9), a_product("left", description="Scarf."))
        keep(engine, a_product("older", "Wool scarf", minutes=-9), a_product("typo", "Scarff", minutes=-10))

        assert find(engine, "scarf")[-1] == find(engine)[-1] == find(engine, "scraf")[-1] == "sold"
        assert len(find(engine, "scarf")) == 3

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
            ("wol", ["scarf"]),
            ("mog", ["mug"]),
            ("tcarf", []),
            ("hmdmaed", []),
            ("qqqqqqqq", []),
        ],
    )
    def test_typos_are_survived_unless_a_short_word_begins_with_one(
        self, shop: Engine, typed: str, expected: list[str]
    ) -> None:
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
            a_product("wool", "Somebody's sleigh", description="Full of wool and many other things. " * 5),
        )

        assert find(engine, "wool sliegh") == ["wool", "wood"]

    @pytest.mark.parametrize(
        ("words", "expected"),
        [
            ("dinner burns", set()),
            ("candles for six hours", {"candle", "candles", "holder"}),
            ("forty hours candles", {"candle"}),
            ("purple scraf", {"scarf"}),
            ("nothing whatever", set()),
        ],
    )
    def test_what_names_the_thing_is_enough_if_nothing_matches_all(
        self, shop: Engine, words: str, expected: set[str]
    ) -> None:
        assert set(find(shop, words)) == expected

    def test_products_with_more_of_the_words_come_first(self, engine: Engine) -> None:
        keep(engine, a_product("one", "Hat, hat, hat"), a_product("two", "Wool hat"), a_product("none", "Wool sock"))

        assert find(engine, "green wool hat") == ["two", "one"]

    def test_fewer_typos_come_before_more(self, engine: Engine) -> None:
        keep(engine, a_product("two", "Handmate"), a_product("one", "A handmade thing", description="Long. " * 50))

        assert find(engine, "handmads")[0] == "one"

    def test_the_last_word_may_be_unfinished(self, shop: Engine) -> None:
        assert find(shop, "bees") == ["candle"]
        assert find(shop, "wool sca") == ["scarf"]
        assert find(shop, "sca wool") == []

    def test_filters_do_not_change_what_words_mean(self, engine: Engine) -> None:
        keep(engine, a_product("card", "Card", category="paper"), a_product("cart", "Cart", category="toys"))

        assert ids(engine.finder.find(Query(words="card", categories=("toys",)))) == []
        assert ids(engine.finder.find(Query(words="card", min_price=999_999))) == []
        assert ids(engine.finder.find(Query(words="cerd", categories=("paper",)))) == ["card"]

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
            " ".join(max(word, key=len) for word in WORDINGS),
            " ".join(f"{max(word, key=len)}x" for word in WORDINGS),
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
