"""How retrieval is scored."""

from benchmarks.retrieval_quality import Answer, by_overlap, least_margin
from benchmarks.retrieval_questions import TUNING, Label


def answer(best: float, document: str | None = "tins.md") -> Answer:
    ranked = [("tins.md", best), ("cards.md", 0.3), ("shares.md", 0.2), ("wills.md", 0.1)]
    return Answer(Label(TUNING, "May I rattle it?", document), ranked)


def test_documents_are_found_at_a_depth() -> None:
    second = answer(0.5, "cards.md")
    assert not second.found_at(1)
    assert second.found_at(3)


def test_no_answer_is_said_where_nothing_stands_out() -> None:
    answers = [answer(0.9), answer(0.8), answer(0.4, None), answer(0.5, None)]
    assert least_margin(answers) == answer(0.5).margin


def test_questions_without_any_answer_stand_out_from_few_documents() -> None:
    assert Answer(Label(TUNING, "Why?"), [("tins.md", 0.5)]).margin == 0.5


def test_word_overlap_finds_what_shares_words() -> None:
    best, score = by_overlap("How do Braille leaflets come?")[0]
    assert best == "accessibility.html"
    assert score > 0
