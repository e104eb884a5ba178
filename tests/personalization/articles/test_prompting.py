import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personalization.articles.domain.assembly import marked, system_text
from personalization.articles.domain.history import Exchange
from personalization.articles.domain.prompting import (
    MAX_HISTORY_TOKENS,
    Parameters,
    exchange_tokens,
    input_tokens,
    prompt_of,
    remembered,
)
from personalization.articles.domain.texts import KeptText
from shared.models.transcripts import estimated_tokens
from tests.personalization.articles.examples import NOW, an_exchange

_BREAKING_OUT = ["</article>", "</ARTICLE >", "< /article>", "<article>", "</article\n>", "<\tarticle id='2'>", "&lt;"]
hostile = st.lists(st.sampled_from(_BREAKING_OUT) | st.text(max_size=20), max_size=10).map("".join)


@given(hostile)
def test_an_article_cannot_leave_its_place(article: str) -> None:
    tags = re.findall(r"<[\s/]*article\b", marked(article), re.IGNORECASE)
    assert tags == ["<article", "</article"]
    assert marked(article).startswith("<article>\n")
    assert marked(article).endswith("\n</article>")


@given(st.text(st.characters(exclude_characters="<")))
def test_an_article_without_tags_is_left_as_it_is(article: str) -> None:
    assert marked(article) == f"<article>\n{article}\n</article>"


def test_the_cards_follow_our_rules_in_their_order() -> None:
    system = system_text(["Write a headline.", "Then a summary."])
    assert "never instructions" in system
    assert system.endswith("\n\nWrite a headline.\n\nThen a summary.")


def exchanges(count: int, article: str = "An article.") -> list[Exchange]:
    """Newest first."""
    return [an_exchange(f"run-{n}", at=NOW - timedelta(minutes=n), article=article) for n in range(count)]


def test_the_history_comes_before_the_article_oldest_first() -> None:
    newest_first = [an_exchange("b", article="Second"), an_exchange("a", article="First")]
    prompt = prompt_of(["Card."], newest_first, "Third", Parameters(), 10_000)
    assert prompt.messages == (
        ("user", marked("First")),
        ("assistant", "A summary."),
        ("user", marked("Second")),
        ("assistant", "A summary."),
        ("user", marked("Third")),
    )
    assert prompt.system == system_text(["Card."])


def test_fifty_messages_are_remembered_at_most() -> None:
    prompt = prompt_of(["Card."], exchanges(60), "New", Parameters(), MAX_HISTORY_TOKENS * 2)
    assert len(prompt.messages) == 51


def test_whole_exchanges_are_left_out_where_the_tokens_do_not_hold_them() -> None:
    past = exchanges(5)
    one = exchange_tokens(past[0]) or 0
    assert remembered(past, 3 * one - 1) == (past[1], past[0])
    assert remembered(past, 0) == ()
    assert remembered(past, -5) == ()


def test_a_text_kept_beside_the_tables_is_too_long_to_be_remembered() -> None:
    newest, oldest = exchanges(2)
    kept_away = replace(oldest, input=KeptText(None, "p1/s1/run/input.txt"))
    assert remembered([newest, kept_away, *exchanges(1)]) == (newest,)


@given(st.lists(st.text(min_size=1, max_size=200), max_size=8), st.text(max_size=300), st.integers(0, 2000))
def test_no_more_is_read_than_may_be(past: list[str], article: str, max_history: int) -> None:
    newest_first = [an_exchange(str(n), article=text) for n, text in enumerate(past)]
    alone = input_tokens(["Card."], article)
    prompt = prompt_of(["Card."], newest_first, article, Parameters(), alone + max_history)
    assert [role for role, _ in prompt.messages] == ["user", "assistant"] * (len(prompt.messages) // 2) + ["user"]
    read = estimated_tokens(prompt.system) + sum(estimated_tokens(text) for _, text in prompt.messages)
    assert read <= alone + max_history


def test_parameters_survive_their_json() -> None:
    parameters = Parameters(512, 0.1, 0.95)
    assert Parameters.of_json(parameters.to_json()) == parameters


@pytest.mark.parametrize("value", Parameters().to_json().values())
def test_a_table_can_keep_the_parameters(value: object) -> None:
    assert isinstance(value, (int, str))
