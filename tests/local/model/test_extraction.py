"""What users say about themselves, and not what they ask."""

import pytest

from local.model.extraction import intents, interests, stated, statements


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I want to run a marathon.", ["run a marathon"]),
        ("I would like to help, but how?", ["help"]),
        ("I'd like to volunteer in Leeds, where can I start?", ["volunteer in Leeds"]),
        ("Would love to help. Planning to cycle!", ["cycle"]),
        ("What do I want to do?", []),
        ("what do i want to do", []),
        ("Do I want to volunteer or should I plan to give?", []),
        ("And what would I like to do?", []),
        ("Tell me what I want to do.", []),
        ("Do you remember whether I plan to run?", []),
        ("Should I ask, I want to run.", ["run"]),
    ],
)
def test_questions_are_no_wishes(text: str, expected: list[str]) -> None:
    assert intents(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I care about prevention, running and early diagnosis.", ["prevention", "running", "early diagnosis"]),
        ("You know how much I love the sea.", ["sea"]),
        ("I love running, which runs are there?", ["running"]),
        ("Do I love running, cycling and swimming?", []),
        ("What did I say I love most?", []),
        ("Am I interested in chess?", []),
    ],
)
def test_questions_are_no_interests(text: str, expected: list[str]) -> None:
    assert interests(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I live in Leeds. I'm a nurse!", ["I live in Leeds.", "I'm a nurse."]),
        ("I live in Leeds, what can I do?", ["I live in Leeds."]),
        ("Have I given this year?", []),
        ("I'm Carys. I am Carys Jones! My name is Carys.", []),
        ("I am Carys and live in Leeds.", ["I am Carys and live in Leeds."]),
    ],
)
def test_questions_and_introductions_are_no_statements(text: str, expected: list[str]) -> None:
    assert statements(text) == expected


@pytest.mark.parametrize(
    "sentence", ["I run.", "What I love is the sea.", "Yes, I do, and you?", "", "Have a nice day."]
)
def test_sentence_that_asks_nothing_stays_as_it_is(sentence: str) -> None:
    assert stated(sentence) == sentence
