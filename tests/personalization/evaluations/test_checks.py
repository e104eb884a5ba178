import pytest

from personalization.evaluations.domain.checks import (
    Check,
    CheckedAnswer,
    Contains,
    Failure,
    FitsSchema,
    Lacks,
    Matches,
    MaxCost,
    MaxLength,
    failures,
)
from tests.personalization.evaluations.fakes import FakePatterns

ANSWER = CheckedAnswer("Screening saves 3 lives.", cost_micros=250)
HEADLINE = FitsSchema({"type": "object", "required": ["headline"], "properties": {"headline": {"maxLength": 5}}})


@pytest.mark.parametrize(
    "check",
    [
        Contains("saves"),
        Lacks("harms"),
        Matches(r"\d lives\.$"),
        MaxLength(24),
        MaxCost(250),
    ],
)
def test_an_answer_passes(check: Check) -> None:
    assert failures([check], ANSWER, FakePatterns()) == ()


@pytest.mark.parametrize(
    ("check", "why"),
    [
        (Contains("harms"), "does not contain “harms”"),
        (Contains("Saves"), "does not contain “Saves”"),
        (Lacks("saves"), "contains “saves”"),
        (Matches(r"^saves"), "does not match “^saves”"),
        (MaxLength(23), "has 24 characters; at most 23 are allowed"),
        (MaxCost(249), "cost 250 millionths; at most 249 are allowed"),
        (FitsSchema({"type": "object"}), "is not JSON"),
        (Contains("x" * 81), f"does not contain “{'x' * 80}…”"),
    ],
)
def test_an_answer_fails_with_the_reason(check: Check, why: str) -> None:
    assert failures([Lacks("harms"), check], ANSWER, FakePatterns()) == (Failure(1, why),)


@pytest.mark.parametrize(
    "text", ['{"headline": "Short"}', '```json\n{"headline": "Short"}\n```', '```\n{"headline": ""}\n```\n']
)
def test_json_that_fits_may_stand_in_a_fenced_block(text: str) -> None:
    assert failures([HEADLINE], CheckedAnswer(text, 0), FakePatterns()) == ()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"headline": "Too long"}', "headline has 8 characters; at most 5 are allowed"),
        ("{}", "the value has no headline"),
        ('Here: {"headline": "Short"}', "is not JSON"),
        ("\ud800", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("NaN", "is not JSON"),
    ],
)
def test_json_that_does_not_fit(text: str, why: str) -> None:
    assert failures([HEADLINE], CheckedAnswer(text, 0), FakePatterns()) == (Failure(0, why),)
