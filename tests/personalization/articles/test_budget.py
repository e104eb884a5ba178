from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personalization.articles.domain.budget import (
    PROJECT_BUDGET,
    USER_BUDGET,
    Allowance,
    Reservation,
    budget_exceeded,
    new_reservation,
)
from shared.errors import TooManyRequests
from tests.personalization.articles.examples import NOW


def test_a_refusal_says_when_the_tokens_are_renewed() -> None:
    late = datetime(2026, 3, 1, 23, 59, 30, 500_000, tzinfo=UTC)
    reservation = Reservation("p1", "ada", late.date(), 500)
    refusal = budget_exceeded(PROJECT_BUDGET, reservation, Allowance(1000, 700), late)
    assert refusal.retry_after_seconds == 30
    assert refusal.detail == (
        "The project's budget of 1,000 tokens a day has too few left for this, which may take 500. "
        "It is renewed at 2026-03-02T00:00:00.000Z."
    )
    assert budget_exceeded(USER_BUDGET, reservation, Allowance(1000, 700), late).detail.startswith(
        "Your budget of 700 tokens a day has too few left for this, which may take 500."
    )


@pytest.mark.parametrize("allowance", [Allowance(99, 1000), Allowance(1000, 99)])
def test_more_than_a_day_s_tokens_are_refused_before_anything_is_written(allowance: Allowance) -> None:
    with pytest.raises(TooManyRequests):
        new_reservation("p1", "ada", 100, allowance, NOW)


def test_the_day_is_the_utc_one() -> None:
    elsewhere = datetime.fromisoformat("2026-03-01T23:30:00-08:00")
    assert new_reservation("p1", "ada", 1, Allowance(9, 9), elsewhere).day == date(2026, 3, 2)


@given(st.integers(1, 10**6), st.integers(-10, 10**7))
def test_no_more_is_charged_than_was_reserved(reserved: int, used: int) -> None:
    reservation = Reservation("p1", "ada", NOW.date(), reserved)
    assert 0 <= reservation.settled(used) <= reserved
    if 0 <= used <= reserved:
        assert reservation.settled(used) == used


def test_a_reservation_survives_its_json() -> None:
    reservation = Reservation("p1", "ada", (NOW + timedelta(days=3)).date(), 12)
    assert Reservation.of_json(reservation.to_json()) == reservation
