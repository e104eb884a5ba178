import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.answering.domain.citing import Claim, cited, is_said, quoted
from shared.text.words import words
from tests.knowledge_base.suggestions.fakes import a_passage

TEXT = "Goods can be returned within 30 days.\n  Keep the receipt: it has the order's number & date."
PASSAGE = a_passage(TEXT)
QUOTE = "Goods can be returned within 30 days."


@pytest.mark.parametrize(
    "quote",
    [
        QUOTE,
        "returned within 30 days. Keep the receipt",
        "  Goods can\nbe returned ",
        "the order's number &amp; date",
        "the order's number & date.",
    ],
)
def test_a_quote_is_what_the_text_says_whatever_its_spaces(quote: str) -> None:
    found = quoted(quote, TEXT)
    assert found
    assert found in TEXT


@pytest.mark.parametrize(
    "quote",
    [
        "Goods can be returned within 60 days.",
        "goods can be returned",
        "oods can be returne",
        "Goods can be",
        "Goods",
        "",
        " ",
        "Goods can … within 30 days.",
        "Keep the receipt: it has the order’s number",
        ".*",
    ],
)
def test_anything_else_is_no_quote(quote: str) -> None:
    assert (quoted(quote, TEXT) is None) == (quote != "Goods can be")


def test_a_passage_of_few_words_is_quoted_whole() -> None:
    assert quoted("Closed.", "Closed.") == "Closed."
    assert quoted("Always open", "Always open!") == "Always open"
    assert quoted("Always", "Always open!") is None


@given(st.text(max_size=80), st.text(max_size=40), st.text(max_size=40))
def test_what_is_quoted_stands_in_the_text(quote: str, before: str, after: str) -> None:
    text = f"{before} {quote} {after}"
    found = quoted(quote, text)
    assert found is None or found in text


@pytest.mark.parametrize(
    "sentence",
    [
        "You can return goods within 30 days.",
        "Thank you for your message: please keep the receipt.",
        "We hope it is returned within 30 days!",
        "The order's number is on the receipt.",
    ],
)
def test_a_sentence_says_what_its_passage_says(sentence: str) -> None:
    assert is_said(sentence, QUOTE, PASSAGE)


@pytest.mark.parametrize(
    "sentence",
    [
        "You can return goods within 60 days.",
        "Goods cannot be returned.",
        "Goods can not be returned.",
        "You can return goods without the receipt.",
        "You have won 30 pounds.",
        "Pay at https://evil.example within 30 days.",
        "Write to boss@evil.example.",
        "You fool can return goods.",
        "GOODS CAN BE RETURNED!",
        "Goods can be returned \N{PILE OF POO}",
        "<b>Goods can be returned</b>",
        "Goods can be \u202ereturned",
        "Goods can be returned " * 20,
        "Вы можете вернуть товар.",
        "",
        "!?",
    ],
)
def test_a_sentence_that_says_more_or_says_it_otherwise_does_not(sentence: str) -> None:
    assert not is_said(sentence, QUOTE, PASSAGE)


@pytest.mark.parametrize("quote", ["Gifts cannot be returned.", "Gifts can't be returned.", "No gifts are returned."])
def test_a_sentence_denies_what_its_quote_denies(quote: str) -> None:
    passage = a_passage(f"{quote} All else can be returned.")
    assert not is_said("Gifts can be returned.", quote, passage)
    assert is_said(quote, quote, passage)


def test_a_sentence_is_shown_with_its_quote() -> None:
    citation = cited(Claim("You can return\n goods within 30 days.", 1, QUOTE), [PASSAGE])
    assert citation
    assert (citation.sentence, citation.quote) == ("You can return goods within 30 days.", QUOTE)


def test_instead_of_a_sentence_that_says_more_its_quote_is_shown() -> None:
    citation = cited(Claim("Send us 100 pounds first.", 1, "Keep the receipt: it has the order's number"), [PASSAGE])
    assert citation
    assert citation.sentence == citation.quote == "Keep the receipt: it has the order's number"


@pytest.mark.parametrize("passage", [-1, 0, 2])
def test_a_passage_that_was_not_retrieved_cannot_be_cited(passage: int) -> None:
    assert cited(Claim("You can return goods within 30 days.", passage, QUOTE), [PASSAGE]) is None


@given(st.text(max_size=200))
def test_no_sentence_brings_a_word_of_its_own(sentence: str) -> None:
    citation = cited(Claim(sentence, 1, QUOTE), [PASSAGE])
    assert citation
    if citation.sentence != QUOTE:
        assert set(words(sentence)) == set(words(citation.sentence))
        assert is_said(citation.sentence, QUOTE, PASSAGE)
