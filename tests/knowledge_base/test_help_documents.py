"""The help documents, and the labelled questions with which retrieval is measured."""

from collections import Counter

import pytest

from benchmarks.retrieval_questions import HELD_OUT, TUNING, Label, content_words, documents, labels, passages

ANSWERED = [label for label in labels() if label.document]


def test_there_are_enough_documents_and_questions() -> None:
    assert len(documents()) >= 40
    assert len(ANSWERED) >= 60
    assert {name.rpartition(".")[2] for name in documents()} == {"md", "txt", "html", "csv"}
    assert len({label.question for label in labels()}) == len(labels())


@pytest.mark.parametrize("answered", [True, False])
def test_a_third_of_the_questions_is_held_out(answered: bool) -> None:
    counts = Counter(label.part for label in labels() if bool(label.document) == answered)
    assert counts.keys() == {TUNING, HELD_OUT}
    assert abs(counts[HELD_OUT] - counts.total() / 3) <= 1


def test_every_document_answers_a_question() -> None:
    assert {label.document for label in ANSWERED} == documents().keys()


@pytest.mark.parametrize("label", ANSWERED, ids=lambda label: label.question)
def test_questions_share_at_most_one_content_word_with_the_passage_that_answers(label: Label) -> None:
    assert label.document
    assert label.quote
    (passage,) = [passage for passage in passages(label.document) if label.quote in passage]
    assert len(content_words(label.question) & content_words(passage)) <= 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Could you have donated twice?", {"donat", "twic"}),
        ("Donating for the 2nd time", {"donat", "2", "nd", "tim"}),
        ("Studies, and a study's end", {"stud", "end"}),
    ],
)
def test_content_words_are_stems(text: str, words: set[str]) -> None:
    assert content_words(text) == words
