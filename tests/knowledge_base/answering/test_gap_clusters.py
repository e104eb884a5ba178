from datetime import timedelta
from math import cos, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.answering.domain.gaps import Gap, clusters, shortened
from tests.knowledge_base.suggestions.fakes import NOW


def gap(number: int, angle: float | None, question: str = "") -> Gap:
    vector = () if angle is None else (cos(angle), sin(angle))
    return Gap(f"t{number}", "ada", question or f"Question {number}?", NOW + timedelta(minutes=number), vector)


def test_those_that_mean_the_same_come_together_the_largest_first() -> None:
    found = clusters([gap(1, 0.0), gap(2, 2.0), gap(3, 0.2), gap(4, 0.1), gap(5, 2.1)], 0.9)
    assert [(each.question, each.count, each.examples) for each in found] == [
        ("Question 4?", 3, ("Question 3?", "Question 1?")),
        ("Question 2?", 2, ("Question 5?",)),
    ]
    assert [each.last_at for each in found] == [NOW + timedelta(minutes=4), NOW + timedelta(minutes=5)]


def test_the_same_words_are_no_example_of_themselves() -> None:
    [found] = clusters([gap(number, 0.0, "Where is it?") for number in range(9)], 0.9)
    assert (found.count, found.examples) == (9, ())


def test_what_could_not_be_embedded_stands_alone() -> None:
    found = clusters([gap(1, None), gap(2, None), gap(3, 0.0)], 0.0)
    assert [each.count for each in found] == [1, 1, 1]


@pytest.mark.parametrize("similarity", [0.0, 0.6, 0.99])
@given(st.lists(st.none() | st.floats(-3.1, 3.1), max_size=30))
def test_every_gap_is_counted_once_whatever_their_order(similarity: float, angles: list[float | None]) -> None:
    gaps = [gap(number, angle) for number, angle in enumerate(angles)]
    found = clusters(gaps, similarity)
    assert sum(each.count for each in found) == len(gaps)
    assert found == clusters(reversed(gaps), similarity)
    questions = {each.question for each in gaps}
    assert all({each.question, *each.examples} <= questions for each in found)
    assert [each.count for each in found] == sorted((each.count for each in found), reverse=True)


def test_a_question_is_kept_on_one_short_line() -> None:
    assert shortened(" Where\n is\tit? ") == "Where is it?"
    assert len(shortened("why " * 1000)) == 500
