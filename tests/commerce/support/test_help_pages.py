from pathlib import Path

import pytest

from commerce.support.adapters.help_pages import page_of
from commerce.support.domain.help_pages import HelpPage, Ranking
from local.workspace import ROOT

SHIPPED = [
    page_of(f"help/{file.name}", file.read_bytes()) for file in sorted(Path(ROOT / "commerce/help").glob("*.md"))
]


@pytest.mark.parametrize(
    ("question", "page"),
    [
        ("How much is delivery?", "delivery"),
        ("when will my parcel be delivered", "delivery"),
        ("Can I send something back?", "returns"),
        ("I want a refund", "returns"),
        ("How do I cancel my order?", "cancelling"),
        ("Which credit cards do you take?", "payment"),
        ("what is gift aid", "gift-aid"),
        ("I have not received my receipt", "receipts"),
        ("I forgot my password", "account"),
        ("can I talk to a person?", "contact"),
        ("How long do you keep the chat?", "privacy"),
        ("Is value added tax included?", "products"),
        ("What is a donation item?", "donations"),
    ],
)
def test_the_pages_that_ship_answer_what_customers_ask(question: str, page: str) -> None:
    assert page in [found.page_id for found in Ranking(SHIPPED).best(question, 2)]


def test_pages_without_a_word_of_the_question_are_not_found() -> None:
    assert Ranking(SHIPPED).best("xylophone of the", 3) == ()
    assert Ranking([]).best("delivery", 3) == ()


def test_no_more_are_found_than_wanted_and_equal_ones_in_a_fixed_order() -> None:
    pages = [HelpPage(name, "Tea", "Tea.") for name in ("c", "a", "b")]
    assert [page.page_id for page in Ranking(pages).best("tea", 2)] == ["a", "b"]


def test_a_page_is_its_title_and_its_text() -> None:
    page = page_of("help/tea-time.md", b"# Tea time \n\nAt five.\n")
    assert page == HelpPage("tea-time", "Tea time", "At five.")
