import unicodedata
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Invalid
from shared.http.fields import Body, Line


class Labelled(Body):
    label: Annotated[str, Line(5)]


def label_of(value: object) -> str:
    return Labelled.from_json({"label": value}).label


def refusal(value: object) -> str:
    with pytest.raises(Invalid) as refused:
        label_of(value)
    [error] = refused.value.errors
    assert error.field == "label"
    return error.message


def test_line_is_kept_in_its_normal_form() -> None:
    assert label_of(" Cafe\u0301\u00a0") == "Café"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("", "must not be empty"),
        (" \u00a0", "must not be empty"),
        ("\u200b", "must not be blank"),
        ("a\nb", "must not contain line breaks or control characters"),
        ("a\u2028b", "must not contain line breaks or control characters"),
        ("abcdef", "must have at most 5 characters"),
        (7, "must be a string"),
        (None, "must be a string"),
    ],
)
def test_what_is_no_line_is_refused(value: object, message: str) -> None:
    assert refusal(value) == message


@pytest.mark.parametrize(("text", "fits"), [("e\u0301" * 5, True), (" a  b c ", True), ("\u0958" * 3, False)])
def test_length_is_that_of_what_is_kept(text: str, fits: bool) -> None:
    if fits:
        assert len(label_of(text)) <= 5
    else:
        assert refusal(text) == "must have at most 5 characters"


@given(st.text(max_size=8))
def test_line_that_is_taken_is_taken_again_as_it_is(text: str) -> None:
    try:
        kept = label_of(text)
    except Invalid:
        return
    assert label_of(kept) == kept == unicodedata.normalize("NFC", kept)


def test_schema_says_what_is_taken() -> None:
    schema: dict[str, Any] = Labelled.model_json_schema()
    assert schema["properties"]["label"] == {"maxLength": 5, "minLength": 1, "title": "Label", "type": "string"}
