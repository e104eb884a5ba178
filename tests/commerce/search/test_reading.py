"""What the words of a query mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.search.domain.reading import MAX_WORDS, Reading, Term, read


def reading(text: str) -> Reading:
    found = read(text)
    assert found is not None
    return found


def term(text: str, word: str) -> Term:
    [found] = [term for term in reading(text).terms if term.word == word]
    return found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Wool SCARVES, wool!", ["wool", "scarves"]),
        ("a scarf for me", ["scarf"]),
        ("Do you have any scarves, please?", ["scarves"]),
        ("How much is a mug?", ["mug"]),
        ("have you", ["have", "you"]),
        ("to be or in", ["to", "be", "or", "in"]),
    ],
)
def test_different_words_count_and_fillers_only_alone(text: str, words: list[str]) -> None:
    assert [term.word for term in reading(text).terms] == words


@pytest.mark.parametrize("text", ["", " ", "?!", "🧣"])
def test_text_without_words_has_no_meaning(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("teapot", "teapot"),
        ("sky blue teapot", "teapot"),
        ("teapot blue large", "teapot"),
        ("warm hat for a toddler", "hat"),
        ("box of test tubes", "tubes"),
        ("hound of the baskervilles", "hound"),
        ("for a gardener", "gardener"),
        ("size 12", "12"),
    ],
)
def test_head_is_the_thing_that_is_looked_for(text: str, head: str) -> None:
    assert reading(text).head.word == head


def test_modifiers_make_another_thing_of_the_head_and_details_do_not() -> None:
    found = reading("red shortbread biscuit tin with a dog from Scotland")

    assert found.head.word == "tin"
    assert [term.word for term in found.modifiers] == ["shortbread", "biscuit"]
    assert [term.word for term in found.details] == ["red", "dog", "scotland"]
    assert found.modifiers_needed == 1
    assert reading("coffee table").modifiers_needed == 1
    assert reading("wooden table").modifiers_needed == 0


def test_every_word_of_a_wording_means_its_synonyms() -> None:
    assert ("wellington", "boots") in term("rain boots", "rain").others
    assert ("wellington", "boots") in term("rain boots", "boots").others
    assert ("wellington", "boots") not in term("winter boots", "boots").others
    assert ("t", "shirt") in term("a tee shirt", "shirt").others


def test_long_query_has_fewer_wordings_of_each_word() -> None:
    words = ("welly", "plushie", "raincoat", "planter", "cushion", "xmas", "jumper", "tee")

    assert len(term("raincoat", "raincoat").others) >= 6
    assert all(len(each.others) <= 4 for each in reading(" ".join(words)).terms)


def test_neighbours_may_be_one_word() -> None:
    assert [("teapot",) in term("enamel tea pot", word).others for word in ("enamel", "tea", "pot")] == [
        False,
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("text", "word", "alone", "in_context"),
    [
        ("teepot", "teepot", 1, 1),
        ("vse", "vse", 1, 1),
        ("lego", "lego", 0, 0),
        ("lego set", "lego", 0, 1),
        ("cot bed", "cot", 0, 0),
        ("handmaed", "handmaed", 2, 2),
        ("2026", "2026", 0, 0),
        ("ab", "ab", 0, 0),
    ],
)
def test_words_that_are_english_are_typos_at_most_next_to_others(
    text: str, word: str, alone: int, in_context: int
) -> None:
    found = term(text, word)

    assert (found.typos, found.typos_in_context) == (alone, in_context)


def test_only_the_last_word_is_unfinished_unless_it_is_a_short_word() -> None:
    assert [each.is_unfinished for each in reading("wool sca").terms] == [False, True]
    assert not reading("cot").head.is_unfinished
    assert reading("bees").head.is_unfinished


@given(st.text())
def test_whatever_is_typed_can_be_read(text: str) -> None:
    found = read(text)

    if found is not None:
        assert found.head in found.terms
        assert len(found.terms) <= MAX_WORDS
        assert found.modifiers_needed <= len(found.modifiers)
        assert {found.head, *found.modifiers, *found.details} == set(found.terms)
