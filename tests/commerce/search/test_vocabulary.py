"""The words of a charity shop."""

import pytest

from commerce.search.domain.vocabulary import Synonyms, base, is_english, is_qualifier, synonyms


@pytest.mark.parametrize(
    ("plural", "singular"),
    [
        ("teapots", "teapot"),
        ("scarves", "scarf"),
        ("dresses", "dress"),
        ("watches", "watch"),
        ("brushes", "brush"),
        ("boxes", "box"),
        ("wellies", "welly"),
        ("womens", "woman"),
        ("dress", "dress"),
        ("bus", "bus"),
        ("shoes", "shoe"),
    ],
)
def test_plurals_have_a_base_form(plural: str, singular: str) -> None:
    assert base(plural) == singular


class TestSynonyms:
    def test_words_of_a_list_mean_each_other(self) -> None:
        found = Synonyms.of(["jumper, sweater, pullover"])

        assert found.of_wording(["sweaters"]) == (("jumper",), ("pullover",))
        assert found.of_wording(["jumper"]) == (("sweater",), ("pullover",))
        assert found.of_wording(["socks"]) == ()

    def test_words_before_an_arrow_also_mean_those_after_it(self) -> None:
        found = Synonyms.of(["trousers, pants => jeans"])

        assert found.of_wording(["trouser"]) == found.of_wording(["pants"]) == (("jeans",),)
        assert found.of_wording(["jeans"]) == ()

    def test_wordings_may_have_several_words_and_stand_in_several_lines(self) -> None:
        found = Synonyms.of(["tote bag, bag for life", "tote bag => jute bag"])

        assert found.of_wording(["tote", "bags"]) == (("bag", "for", "life"), ("jute", "bag"))
        assert found.longest == 3

    def test_mistyped_word_means_what_the_right_one_does(self) -> None:
        found = Synonyms.of(["handbag, shoulder bag", "bag => tote", "wellies => boots"])

        assert found.of_mistyped("hanbag") == found.of_mistyped("hanbags") == (("handbag",), ("shoulder", "bag"))
        assert found.of_mistyped("welies") == (("welly",), ("boots",))
        assert found.of_mistyped("handbag") == found.of_mistyped("bog") == ()

    @pytest.mark.parametrize("line", ["jumper", "jumper,", "jumper, ?!", "=> jeans", "pants =>"])
    def test_line_without_two_wordings_is_refused(self, line: str) -> None:
        with pytest.raises(ValueError, match="wordings"):
            Synonyms.of([line])

    def test_words_of_the_shop_are_readable(self) -> None:
        assert ("jumper",) in synonyms().of_wording(["sweater"])
        assert synonyms().of_wording(["stationary"]) == (("stationery",),)


def test_colours_sizes_and_numbers_only_qualify() -> None:
    assert all(map(is_qualifier, ("red", "large", "12", "wooden", "womens")))
    assert not any(map(is_qualifier, ("teapot", "bag", "dress", "books")))


def test_short_english_words_are_english_in_both_numbers() -> None:
    assert all(map(is_english, ("lego", "sofa", "sofas", "fork", "chairs", "cot")))
    assert not any(map(is_english, ("vse", "lmap", "scraf", "teepot", "stationary")))
