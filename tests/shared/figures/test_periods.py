"""The period that a request names."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Invalid
from shared.figures.periods import DEFAULT_DAYS, MAX_DAYS, period
from shared.figures.tallies import Period

TODAY = date(2026, 11, 30)
DAYS = st.dates()
LATEST = date.max - timedelta(days=MAX_DAYS)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (None, None, (date(2026, 11, 1), TODAY)),
        (date(2026, 11, 30), None, (TODAY, TODAY)),
        (None, date(2026, 1, 31), (date(2026, 1, 2), date(2026, 1, 31))),
        (date(2027, 1, 1), date(2027, 1, 2), (date(2027, 1, 1), date(2027, 1, 2))),
        (None, date.min, (date.min, date.min)),
    ],
)
def test_period_ends_today_and_has_thirty_days_unless_said_otherwise(
    first: date | None, last: date | None, expected: tuple[date, date]
) -> None:
    assert period(first, last, TODAY) == Period(*expected)


def test_thirty_days() -> None:
    assert len(list(period(None, None, TODAY))) == DEFAULT_DAYS


@given(first=st.dates(max_value=LATEST))
def test_period_has_at_most_366_days(first: date) -> None:
    last = first + timedelta(days=MAX_DAYS - 1)
    assert len(list(period(first, last, TODAY))) == MAX_DAYS
    with pytest.raises(Invalid) as refused:
        period(first, last + timedelta(days=1), TODAY)
    assert [error.field for error in refused.value.errors] == ["to"]


@pytest.mark.parametrize(("first", "last"), [(date(2026, 12, 1), None), (date(2026, 1, 2), date(2026, 1, 1))])
def test_period_does_not_end_before_it_begins(first: date, last: date | None) -> None:
    with pytest.raises(Invalid) as refused:
        period(first, last, TODAY)
    assert [error.field for error in refused.value.errors] == ["from"]


@given(first=st.none() | DAYS, last=st.none() | DAYS)
def test_any_two_days_are_a_period_or_refused(first: date | None, last: date | None) -> None:
    try:
        found = period(first, last, TODAY)
    except Invalid:
        return
    assert 1 <= len(list(found)) <= MAX_DAYS
