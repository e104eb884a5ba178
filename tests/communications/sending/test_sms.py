"""In how many parts an SMS travels."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communications.sending.domain.sms import MAX_PARTS, Parts, is_phone_number, parts_of, shortened


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", Parts("GSM-7", 1)),
        ("a" * 160, Parts("GSM-7", 1)),
        ("a" * 161, Parts("GSM-7", 2)),
        ("a" * 306, Parts("GSM-7", 2)),
        ("a" * 307, Parts("GSM-7", 3)),
        ("£@Ω" * 53, Parts("GSM-7", 1)),
        ("€" * 80, Parts("GSM-7", 1)),
        ("€" * 81, Parts("GSM-7", 2)),
        ("a" * 152 + "€" + "a" * 7, Parts("GSM-7", 2)),  # the escape would be the first part's last character
        ("a" * 152 + "€" + "a" * 151, Parts("GSM-7", 2)),
        ("a" * 152 + "€" + "a" * 152, Parts("GSM-7", 3)),
        ("ж" * 70, Parts("UCS-2", 1)),
        ("ж" * 71, Parts("UCS-2", 2)),
        ("ж" * 134, Parts("UCS-2", 2)),
        ("ж" * 135, Parts("UCS-2", 3)),
        ("`" + "a" * 69, Parts("UCS-2", 1)),
        ("🎁" * 35, Parts("UCS-2", 1)),
        ("🎁" * 36, Parts("UCS-2", 2)),
        ("ж" * 66 + "🎁" * 2 + "ж" * 64, Parts("UCS-2", 3)),  # a pair of surrogates stays together
    ],
)
def test_parts(text: str, parts: Parts) -> None:
    assert parts_of(text) == parts


@given(st.text(), st.text(max_size=5))
def test_longer_text_never_has_fewer_parts(text: str, more: str) -> None:
    assert parts_of(text).count <= parts_of(text + more).count


@given(st.text(st.sampled_from("aZ0@£ \n€[~"), max_size=700))
def test_parts_have_the_length_that_the_alphabet_allows(text: str) -> None:
    length = len(text) + sum(text.count(extended) for extended in "€[~")
    at_least = 1 if length <= 160 else -(-length // 153)
    assert at_least <= parts_of(text).count <= at_least + 1
    assert parts_of(text).alphabet == "GSM-7"


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("a" * 612, "a" * 612),
        ("a" * 613, "a" * 609 + "..."),
        ("word " * 130, "word " * 121 + "word..."),
        ("a" + " word" * 130, "a" + " word" * 121 + "..."),
        ("ж" * 269, "ж" * 265 + "..."),
    ],
    ids=["as long as it may be", "endless word", "ends with a word", "ends within a word", "another alphabet"],
)
def test_longer_text_is_shortened(text: str, short: str) -> None:
    assert shortened(text) == short


@given(st.text(max_size=1_000))
def test_shortened_text_has_no_more_parts_than_allowed(text: str) -> None:
    short = shortened(text)
    assert parts_of(short).count <= MAX_PARTS
    assert short == text or (short.endswith("...") and text.startswith(short[:-3]))
    if short != text:
        assert parts_of(text).count > MAX_PARTS


@pytest.mark.parametrize("text", ["+447700900123", "+1202555012", "+999999999999999"])
def test_number_is_accepted(text: str) -> None:
    assert is_phone_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "447700900123",
        "+0447700900123",
        "+44 7700 900123",
        "+1234567890123456",
        "+44770090012x",
        "+447700900123\n",
        "+٤٤7700900123",
    ],
)
def test_anything_else_is_no_number(text: str) -> None:
    assert not is_phone_number(text)
