from hypothesis import given
from hypothesis import strategies as st

from local.model.tokens import count_tokens, tokenize

ENGLISH = (
    "Nearly a thousand people are diagnosed with cancer every day in the United Kingdom. Thanks to research, "
    "survival has doubled in the last forty years, and supporters like you make that possible."
)


@given(st.text())
def test_tokens_join_to_the_text(text: str) -> None:
    assert "".join(tokenize(text)) == text
    assert count_tokens(text) == len(tokenize(text))


def test_a_token_of_english_has_about_four_characters() -> None:
    assert 3 < len(ENGLISH) / count_tokens(ENGLISH) < 5
