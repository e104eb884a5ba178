import time

import pytest

from personalization.evaluations.adapters.patterns import LinearPatterns

PATTERNS = LinearPatterns()


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"\bsaves\b", "Screening saves lives.", True),
        ("(?i)SAVES", "saves", True),
        ("^a$", "b\na", False),
        ("é+", "café", True),
    ],
)
def test_a_pattern_is_found_anywhere(pattern: str, text: str, found: bool) -> None:
    assert PATTERNS.error(pattern) is None
    assert PATTERNS.matches(pattern, text) is found


@pytest.mark.parametrize("pattern", ["(", "(?=a)", r"(a)\1", "(a{1000}){1000}", "[", "*"])
def test_what_is_no_pattern_or_too_large_is_refused(pattern: str) -> None:
    refusal = PATTERNS.error(pattern)
    assert refusal
    assert refusal.startswith("must be a regular expression of RE2: ")


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "^(a|a?)+$", "a*a*a*a*a*a*b"])
def test_a_catastrophic_pattern_takes_no_longer_than_others(pattern: str) -> None:
    started = time.process_time()
    assert not PATTERNS.matches(pattern, "a" * 20_000 + "c")
    assert time.process_time() - started < 1
