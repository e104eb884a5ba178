from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.tickets.domain.service_hours import BusinessHours, hours_of

WEEKDAYS = frozenset(range(5))
HOLIDAYS = frozenset({date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)})
LONDON = BusinessHours(time(9), time(17), WEEKDAYS, ZoneInfo("Europe/London"), HOLIDAYS.__contains__)
MINUTE = timedelta(minutes=1)
ZONES = st.sampled_from(["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]).map(ZoneInfo)
# around the days on which some of these clocks are put forward and back
STARTS = st.builds(
    lambda day, minutes: datetime(2026, day[0], day[1], tzinfo=UTC) + minutes * MINUTE,
    st.sampled_from([(3, 7), (3, 28), (4, 3), (10, 2), (10, 24), (10, 31), (12, 24)]),
    st.integers(0, 3 * 24 * 60),
)


@st.composite
def business_hours(draw: st.DrawFn) -> BusinessHours:
    opens, closes = sorted(draw(st.lists(st.integers(0, 24 * 60 - 1), min_size=2, max_size=2, unique=True)))
    weekdays = draw(st.frozensets(st.integers(0, 6), min_size=1))
    holidays = draw(st.frozensets(st.dates(date(2026, 3, 1), date(2026, 12, 31)), max_size=3))
    return BusinessHours(_time(opens), _time(closes), weekdays, draw(ZONES), holidays.__contains__)


def _time(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


def is_open(hours: BusinessHours, at: datetime) -> bool:
    local = at.astimezone(hours.zone)
    is_workday = local.weekday() in hours.weekdays and not hours.is_holiday(local.date())
    return is_workday and hours.opens <= local.timetz().replace(tzinfo=None) < hours.closes


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-12-01T10:00", 8, "2026-12-02T10:00"),
        ("2026-12-01T06:00", 8, "2026-12-01T17:00"),
        ("2026-12-04T16:30", 1, "2026-12-07T09:30"),  # over a weekend
        ("2026-12-24T16:00", 2, "2026-12-29T10:00"),  # over Christmas
        ("2026-12-05T12:00", 0, "2026-12-05T12:00"),
    ],
)
def test_time_counts_while_the_help_desk_is_open(start: str, hours: int, due: str) -> None:
    begins, ends = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (start, due))

    assert LONDON.after(begins, timedelta(hours=hours)) == ends
    assert LONDON.between(begins, ends) == timedelta(hours=hours)


@given(business_hours(), STARTS, st.integers(0, 2 * 24 * 60))
def test_every_minute_between_two_moments_is_counted(hours: BusinessHours, start: datetime, minutes: int) -> None:
    counted = sum(is_open(hours, start + number * MINUTE) for number in range(minutes))

    assert hours.between(start, start + minutes * MINUTE) == counted * MINUTE


@given(business_hours(), STARTS, st.integers(1, 2 * 24 * 60))
def test_due_is_when_as_much_time_has_passed(hours: BusinessHours, start: datetime, minutes: int) -> None:
    due = hours.after(start, minutes * MINUTE)

    assert hours.between(start, due) == minutes * MINUTE
    assert hours.between(start, due - MINUTE) == (minutes - 1) * MINUTE


def test_hours_are_refused_that_never_begin() -> None:
    with pytest.raises(ValueError, match="closes after"):
        BusinessHours(time(9), time(9), WEEKDAYS, ZoneInfo("UTC"), HOLIDAYS.__contains__)
    always_closed = BusinessHours(time(9), time(17), WEEKDAYS, ZoneInfo("UTC"), lambda _: True)
    with pytest.raises(ValueError, match="whole year"):
        always_closed.after(datetime(2026, 12, 1, tzinfo=UTC), MINUTE)


@pytest.mark.parametrize(
    ("text", "weekdays", "opens", "closes"),
    [
        ("mon-fri 09:00-17:00", range(5), time(9), time(17)),
        ("Tue,Thu-Sat 10:30-16:00", (1, 3, 4, 5), time(10, 30), time(16)),
    ],
)
def test_hours_are_read(text: str, weekdays: Iterable[int], opens: time, closes: time) -> None:
    hours = hours_of(text, LONDON.zone, HOLIDAYS.__contains__)
    assert (hours.weekdays, hours.opens, hours.closes) == (frozenset(weekdays), opens, closes)


@pytest.mark.parametrize(
    "text",
    ["", "mon-fri", "mon-fri 9-17", "fri-mon 09:00-17:00", "xyz 09:00-17:00", "mon 17:00-09:00", "mon 09:00-25:00"],
)
def test_what_says_no_hours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="look like"):
        hours_of(text, LONDON.zone, HOLIDAYS.__contains__)
