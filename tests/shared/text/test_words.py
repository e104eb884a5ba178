import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.text.typos import Vocabulary, typos_allowed, typos_between
from shared.text.words import compounds, folded, stem, words

LETTERS = st.text(string.ascii_lowercase, min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Children’s Café", ["children", "cafe"]),
        ("charities' gifts", ["charities", "gifts"]),
        ("10K half-marathon", ["10k", "half", "marathon"]),
        ("STRASSE Straße", ["strasse", "strasse"]),
        ("Ωμέγα Привет 山田", ["ωμεγα", "привет", "山田"]),
        ("Søren Ærø ŁÓDŹ œuvre ðþ", ["soren", "aero", "lodz", "oeuvre", "dth"]),
        ("snake_case", ["snake", "case"]),
        (" ?! — 👩‍👩‍👧", []),
    ],
)
def test_words_are_found_without_case_accents_and_punctuation(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_compounds_are_words_with_hyphens_written_as_one() -> None:
    assert compounds("Second-hand T‑shirt, mother-in-law's; 8–9 -x- a - b") == ["secondhand", "tshirt", "motherinlaw"]


def test_word_without_end_costs_no_more_than_others() -> None:
    assert compounds("x" * 1_000_000) == []  # hours, if each letter were tried as a beginning


@given(st.text())
def test_words_of_words_are_the_same_words(text: str) -> None:
    once = words(text)

    assert words(" ".join(once)) == once
    assert words(text.upper().lower()) == words(text.lower().upper().lower())


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@pytest.mark.parametrize(
    "family",
    [
        ["trial", "trials"],
        ["donate", "donates", "donated", "donating", "donation", "donations"],
        ["run", "runs", "running"],
        ["volunteer", "volunteers", "volunteered", "volunteering"],
        ["therapy", "therapies"],
        ["screen", "screening"],
        ["nurse", "nurses"],
        ["prevent", "prevention"],
    ],
)
def test_forms_of_a_word_have_one_stem(family: list[str]) -> None:
    assert len({stem(word) for word in family}) == 1


@pytest.mark.parametrize("pair", [("trial", "trail"), ("bus", "bu"), ("his", "hi"), ("string", "str"), ("10s", "10")])
def test_other_words_keep_their_own_stem(pair: tuple[str, str]) -> None:
    assert stem(pair[0]) != stem(pair[1])


@pytest.mark.parametrize(
    ("one", "other", "typos"),
    [
        ("trials", "trials", 0),
        ("reserch", "research", 1),
        ("resaerch", "research", 1),
        ("researchh", "research", 1),
        ("resezrch", "research", 1),
        ("leukemia", "leukaemia", 1),
        ("volunterng", "volunteering", 2),
        ("trials", "run", 3),
        ("", "ab", 2),
    ],
)
def test_typos_are_counted(one: str, other: str, typos: int) -> None:
    assert typos_between(one, other, 2) == typos


@given(LETTERS, LETTERS)
def test_typos_count_alike_in_both_directions(one: str, other: str) -> None:
    assert typos_between(one, other, 2) == typos_between(other, one, 2)
    assert (typos_between(one, other, 2) == 0) == (one == other)


@given(st.lists(LETTERS, max_size=30), LETTERS)
def test_vocabulary_rules_nothing_out_that_is_near(words: list[str], word: str) -> None:
    limit = typos_allowed(word)
    expected = {other: typos_between(word, other, limit) for other in words if other != word}

    assert Vocabulary(words).near(word) == {o: typos for o, typos in expected.items() if limit and typos <= limit}


def test_short_words_are_taken_as_they_are() -> None:
    assert Vocabulary(["run", "gun"]).near("fun") == {}
