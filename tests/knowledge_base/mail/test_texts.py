"""What is new in a reply."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.mail.domain.texts import MARKER, text_of_page, without_quotes


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("Thanks!\n\nOn Monday, Almoner <help@example.org> wrote:\n> We will see.\n> Bye", "Thanks!"),
        ("Thanks!\n\nOn Monday, Almoner\n<help@example.org> wrote:\n> We will see.", "Thanks!"),
        (f"Thanks!\n\nAm Montag schrieb Almoner:\n{MARKER}\nWe will see.", "Thanks!"),
        (f"Thanks!\n> {MARKER}\n> x", "Thanks!"),
        ("> You wrote this?\nNo.\n> And this?\nYes.", "> You wrote this?\nNo.\n> And this?\nYes."),
        ("I have two questions:\n1. Why?", "I have two questions:\n1. Why?"),
        ("> only quotes", "> only quotes"),
        ("", ""),
    ],
)
def test_quotes_are_left_out(text: str, new: str) -> None:
    assert without_quotes(text) == new


@given(st.text())
def test_something_is_left_of_every_text(text: str) -> None:
    assert bool(without_quotes(text)) == bool(text.strip())


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("a < b", "a"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<!-- <p>x</p> -->y", "y"),
        ("<script>never closed", ""),
        ("&lt;b&gt; &amp;amp;", "<b> &amp;"),
        ("<TITLE>t</TITLE><P>x</P>", "x"),
    ],
)
def test_pages_are_read_without_marks(page: str, text: str) -> None:
    assert text_of_page(page) == text
