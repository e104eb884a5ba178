from datetime import UTC, date, datetime

import pytest

from generate.holidays import PLACES, YEARS
from knowledge_base.tickets.adapters.holidays import public_holidays
from shared.settings import MissingSettings


@pytest.mark.parametrize(
    ("place", "day", "is_holiday"),
    [
        ("GB", date(2026, 12, 25), True),
        ("GB", date(2026, 12, 24), False),
        ("GB", date(2026, 12, 28), True),  # Boxing Day is a Saturday
        ("GB-ENG", date(2027, 3, 29), True),  # Easter Monday
        ("GB-SCT", date(2027, 3, 29), False),
        ("GB-SCT", date(2026, 11, 30), True),
        ("DE-BE", date(2026, 10, 3), True),
        ("none", date(2026, 12, 25), False),
    ],
)
def test_holidays_are_those_of_the_place(place: str, day: date, is_holiday: bool) -> None:
    assert (day in public_holidays(place)) is is_holiday


@pytest.mark.parametrize("place", ["XX", "GB-XXX", "", "gb", "G"])
def test_place_that_there_is_not_fails_at_the_start(place: str) -> None:
    with pytest.raises(MissingSettings):
        public_holidays(place)


@pytest.mark.parametrize("place", PLACES)
def test_every_place_has_every_year(place: str) -> None:
    assert {day.year for day in public_holidays(place)} == set(YEARS)


def test_there_are_years_to_come() -> None:
    assert datetime.now(UTC).year + 3 in YEARS, "generate/holidays.py: write down more YEARS"
