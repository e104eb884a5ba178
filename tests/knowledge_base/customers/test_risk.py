from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.customers.domain.risk import FEELING_POINTS, SILENCE_POINTS, Feeling, Level, mean_sentiment, risk_of

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
SENTIMENTS = st.floats(-1, 1)
AGES = st.timedeltas(timedelta(), timedelta(days=1000))
FEELINGS = st.lists(st.builds(Feeling, SENTIMENTS, AGES.map(lambda age: NOW - age)), max_size=20)


def days(number: float) -> datetime:
    return NOW - timedelta(days=number)


@pytest.mark.parametrize(
    ("feelings", "heard_of", "score", "level"),
    [
        ([], None, 0, Level.LOW),
        ([], days(60), 0, Level.LOW),
        ([], days(212.5), 20, Level.LOW),
        ([], days(4000), 40, Level.MEDIUM),
        ([(0.2, 1)], days(1), 0, Level.LOW),
        ([(-0.4, 1)], days(1), 30, Level.MEDIUM),
        ([(-1, 1)], days(1), 60, Level.HIGH),
        ([(-1, 1), (1, 31)], days(1), 27, Level.LOW),
        ([(-1, 400)], days(400), 100, Level.HIGH),
    ],
)
def test_feeling_and_silence_make_the_score(
    feelings: list[tuple[float, int]], heard_of: datetime | None, score: int, level: Level
) -> None:
    risk = risk_of([Feeling(sentiment, days(age)) for sentiment, age in feelings], heard_of, NOW)

    assert (risk.score, risk.level) == (score, level)


@given(FEELINGS, st.none() | AGES)
def test_the_factors_sum_to_the_score_within_their_limits(feelings: list[Feeling], silent: timedelta | None) -> None:
    risk = risk_of(feelings, None if silent is None else NOW - silent, NOW)

    sentiment, silence = risk.factors
    assert risk.score == sentiment.points + silence.points
    assert 0 <= sentiment.points <= FEELING_POINTS
    assert 0 <= silence.points <= SILENCE_POINTS
    assert (sentiment.value is None) == (not feelings)


@given(FEELINGS.filter(bool), st.data(), AGES)
def test_who_feels_worse_is_never_less_likely_to_leave(
    feelings: list[Feeling], data: st.DataObject, silent: timedelta
) -> None:
    index = data.draw(st.integers(0, len(feelings) - 1))
    worse = list(feelings)
    worse[index] = Feeling(data.draw(st.floats(-1, feelings[index].sentiment)), feelings[index].at)

    assert risk_of(worse, NOW - silent, NOW).score >= risk_of(feelings, NOW - silent, NOW).score


@given(FEELINGS, AGES, AGES)
def test_who_is_silent_for_longer_is_never_less_likely_to_leave(
    feelings: list[Feeling], silent: timedelta, longer: timedelta
) -> None:
    heard_of = NOW - silent

    assert risk_of(feelings, heard_of, NOW + longer).score >= risk_of(feelings, heard_of, NOW).score
    assert risk_of(feelings, heard_of - longer, NOW).score >= risk_of(feelings, heard_of, NOW).score


def test_what_is_felt_lately_counts_most() -> None:
    assert mean_sentiment([Feeling(1, days(0)), Feeling(-1, days(30))]) == pytest.approx(1 / 3)
    assert mean_sentiment([Feeling(1, days(300)), Feeling(-1, days(330))]) == pytest.approx(1 / 3)
    assert mean_sentiment([]) is None


def test_no_sentiment_lies_outside_the_scale() -> None:
    with pytest.raises(ValueError, match="between"):
        Feeling(1.01, NOW)
