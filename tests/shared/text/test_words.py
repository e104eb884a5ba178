import string
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.text.typos import Vocabulary, typos_allowed, typos_between
from shared.text.words import compounds, folded, stem, words, words_in

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
        ("किताब कुतुब ज़मीन", ["किताब", "कुतुब", "ज़मीन"]),
        ("กา ก่า ก้า", ["กา", "ก่า", "ก้า"]),
        ("かき がき カﾞキ", ["かき", "がき", "ガキ"]),
        ("שָׁלוֹם שלום בֵּית־סֵפֶר", ["שלום", "שלום", "בית", "ספר"]),
        ("كِتَاب كتـــاب كتاب أحمد", ["كتاب", "كتاب", "كتاب", "احمد"]),
        ("tea\u00adpot tea\u2060pot tea\u200bpot \u202atea\u202cpot", ["teapot"] * 4),
        ("tea\ufe0fpot ❤\ufe0f", ["teapot"]),
        ("\u093fabc", ["abc"]),
        ("S's – 'S, (’s), किताब’s, Ada''s", ["s", "s", "s", "किताब", "adas"]),
        (" ?! — 👩‍👩‍👧", []),
    ],
)
def test_words_are_found_without_case_accents_and_punctuation(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_words_are_found_as_they_are_written() -> None:
    text = "The Children’s «Ca\u00adfe\u0301» – किताब, don’t!"

    assert list(words_in(text)) == [
        (word, text.index(word)) for word in ("The", "Children’s", "Ca\u00adfe\u0301", "किताब", "don’t")
    ]


@given(st.text())
@example("'S")
@example(".А’\xadS_ 'ि＇s")
def test_words_as_written_have_the_words_of_the_text(text: str) -> None:
    written = list(words_in(text))

    assert all(text[start : start + len(word)] == word for word, start in written)
    assert [word for each, _ in written for word in words(each)] == words(text)


def test_symbols_that_stand_for_letters_are_found_as_they_are_written() -> None:
    assert list(words_in("₨5, ㊊ – don''t, don＇t")) == [("₨5", 0), ("㊊", 4), ("don''t", 8), ("don＇t", 16)]
    for code in range(0x3400):
        for text in (chr(code), f"a{chr(code)}b"):
            assert [word for each, _ in words_in(text) for word in words(each)] == words(text), hex(code)


def test_no_mark_or_format_character_divides_a_word() -> None:
    assigned = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) in {"Cf", "Mn", "Mc", "Me"}]
    kept = {character for character in assigned if words(f"ab{character}cd") != ["abcd"]}

    assert not [character for character in kept if unicodedata.category(character) == "Cf"]
    for character in kept:
        assert len(words(f"ab{character}cd")) == 1
    assert {"DEVANAGARI", "BENGALI", "TAMIL", "THAI", "KHMER", "MYANMAR", "TIBETAN", "THAANA"} <= {
        unicodedata.name(character, "?").split()[0] for character in kept
    }
    assert not {"HEBREW", "ARABIC", "SYRIAC", "VARIATION"} & {
        unicodedata.name(character, "?").split()[0] for character in kept
    }


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
