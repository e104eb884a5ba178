import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.text.characters import is_line_end, is_visible, normal_form

SPACES = [chr(code) for code in range(0x3001) if unicodedata.category(chr(code)) == "Zs"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Cafe\u0301", "Café"),
        (" Zoë \u00a0 \u3000 Ada\u2009", "Zoë Ada"),
        ("\u0958", "\u0915\u093c"),
        (" \u00a0", ""),
        ("one\r\n\ttwo\n", "one\r\n\ttwo\n"),
        ("a\u200db", "a\u200db"),
    ],
)
def test_what_looks_the_same_has_one_form(text: str, expected: str) -> None:
    assert normal_form(text) == expected


@given(st.text() | st.text(st.sampled_from([*SPACES, "e", "\u0301", "\n", "é"])))
def test_normal_form_is_composed_and_has_single_spaces_inside_only(text: str) -> None:
    form = normal_form(text)

    assert normal_form(form) == form
    assert normal_form(unicodedata.normalize("NFD", text)) == form
    assert unicodedata.is_normalized("NFC", form)
    assert form.strip(" ") == form
    assert "  " not in form
    assert not set(form) & set(SPACES[1:])
    assert [each for each in form if is_line_end(each)] == [each for each in text if is_line_end(each)]
    assert is_visible(form) == is_visible(text)
