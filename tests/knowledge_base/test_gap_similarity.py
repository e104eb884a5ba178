"""How it is measured which similarity of gaps is right."""

import json
from math import sqrt

import pytest

from benchmarks.gap_similarity import QUESTIONS, Pairs, Question, gaps
from knowledge_base.answering.domain.gaps import clusters

NEAR = 1 / sqrt(2)


@pytest.fixture
def questions() -> list[Question]:
    """Two that mean the same, with a cosine of 0.7, and one that is far from both."""
    return [
        Question("May I rent a van?", 0, (1.0, 0.0, 0.0)),
        Question("Do you hire out vans?", 0, (NEAR, NEAR, 0.0)),
        Question("Who won?", 1, (0.0, 0.0, 1.0)),
    ]


def test_pairs_are_the_same_or_others(questions: list[Question]) -> None:
    pairs = Pairs.of(questions)
    assert [round(each, 3) for each in pairs.same] == [0.707]
    assert list(pairs.other) == [0, 0]


@pytest.mark.parametrize(("similarity", "balance"), [(0.5, 1), (0.8, 0), (0.0, 0.5)])
def test_the_best_joins_what_is_the_same_and_nothing_else(
    questions: list[Question], similarity: float, balance: float
) -> None:
    assert Pairs.of(questions).balance(similarity) == balance


def test_clusters_are_the_help_desks(questions: list[Question]) -> None:
    assert [len(clusters(gaps(questions), similarity)) for similarity in (0.5, 0.8)] == [2, 3]


def test_no_question_is_there_twice() -> None:
    texts = [text for group in json.loads(QUESTIONS.read_text()) for text in group]
    assert len(set(texts)) == len(texts) == 56
