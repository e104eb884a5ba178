"""In how many parts an SMS travels."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communications.sending.domain.sms import Parts, is_phone_number, parts_of


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
