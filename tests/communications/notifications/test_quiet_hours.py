"""Quiet hours, held to an oracle that walks through time minute by minute with a clock that is never put back."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from communications.notifications.domain.quiet_hours import next_digest, opens_at
from communications.users.domain.users import Digest, QuietHours
from shared.time.clocks import moment_of

MINUTE = timedelta(minutes=1)

# the minutes at which clocks are put forward and back
CHANGES = {
    "Europe/London": ("2026-03-29T01:00Z", "2026-10-25T01:00Z"),
    "America/New_York": ("2026-03-08T07:00Z", "2026-11-01T06:00Z"),
    "Australia/Lord_Howe": ("2026-10-03T15:30Z", "2026-04-04T15:00Z"),  # by half an hour
}
MOMENTS = [(zone, datetime.fromisoformat(moment)) for zone, both in CHANGES.items() for moment in both]


def clock(zone: str, since: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Every minute with what a clock shows then that is put forward, but stands still where others are put back."""
    moment, zone_info = since, ZoneInfo(zone)
    shown = since.astimezone(zone_info).replace(tzinfo=None)
    while True:
        shown = max(shown, moment.astimezone(zone_info).replace(tzinfo=None))
        yield moment, shown
        moment += MINUTE


def is_quiet(shown: time, start: time, end: time) -> bool:
    return start <= shown < end if start <= end else shown >= start or shown < end


def oracle(quiet: QuietHours, now: datetime) -> datetime | None:
    """The first minute from `now` that is not quiet; None if it is `now`."""
    for moment, shown in clock(quiet.zone, now - timedelta(days=1)):
        if moment >= now and not is_quiet(shown.time(), quiet.start, quiet.end):
            return None if moment == now else moment
    raise AssertionError("time does not end")


minutes = st.integers(0, 24 * 60 - 1).map(lambda minute: time(minute // 60, minute % 60))
near_changes = st.builds(
    lambda change, distance: (change[0], change[1] + distance * MINUTE),
    st.sampled_from(MOMENTS),
    st.integers(-30 * 60, 6 * 60),
)


def on_the_clock(zone: str, change: datetime, distance: int) -> time:
    """A time of day near that at which the clock was changed."""
    return (change + distance * MINUTE).astimezone(ZoneInfo(zone)).time().replace(fold=0)


@given(near_changes, minutes, minutes)
@example(("Europe/London", datetime(2026, 3, 29, 0, 30, tzinfo=UTC)), time(1), time(1, 30))  # neither exists
@example(("Europe/London", datetime(2026, 3, 29, 0, 30, tzinfo=UTC)), time(2), time(1, 30))  # open in no minute
@example(("Europe/London", datetime(2026, 10, 25, 1, 10, tzinfo=UTC)), time(1, 30), time(5))  # 01:10 again
def test_window_opens_in_the_minute_of_the_oracle(place: tuple[str, datetime], start: time, end: time) -> None:
    zone, now = place
    quiet = QuietHours(start, end, zone)
    assert opens_at(quiet, now) == oracle(quiet, now)


@given(st.sampled_from(MOMENTS), st.integers(-180, 180), st.integers(-180, 180), st.integers(-180, 180))
def test_window_that_ends_or_begins_around_a_change(
    change: tuple[str, datetime], start: int, end: int, now: int
) -> None:
    zone, moment = change
    quiet = QuietHours(on_the_clock(zone, moment, start), on_the_clock(zone, moment, end), zone)
    assert opens_at(quiet, moment + now * MINUTE) == oracle(quiet, moment + now * MINUTE)


@given(near_changes, minutes, minutes)
def test_nothing_is_quiet_when_the_window_opens(place: tuple[str, datetime], start: time, end: time) -> None:
    zone, now = place
    quiet = QuietHours(start, end, zone)
    opens = opens_at(quiet, now)
    assert opens is None or (now < opens <= now + timedelta(hours=49) and opens_at(quiet, opens) is None)


@given(near_changes, minutes)
def test_hours_that_begin_when_they_end_are_none(place: tuple[str, datetime], at: time) -> None:
    assert opens_at(QuietHours(at, at, place[0]), place[1]) is None


@given(near_changes, minutes)
def test_day_reaches_a_time_in_the_minute_of_the_oracle(place: tuple[str, datetime], at: time) -> None:
    zone, near = place
    day = near.astimezone(ZoneInfo(zone)).date()
    wanted = datetime.combine(day, at)
    expected = next(moment for moment, shown in clock(zone, near - timedelta(days=2)) if shown >= wanted)
    assert moment_of(day, at, ZoneInfo(zone)) == expected


def test_seconds_count() -> None:
    quiet = QuietHours(time(22), time(7), "Europe/London")
    assert opens_at(quiet, datetime(2026, 1, 5, 6, 59, 59, 999999, UTC)) == datetime(2026, 1, 5, 7, tzinfo=UTC)
    assert opens_at(quiet, datetime(2026, 1, 5, 7, tzinfo=UTC)) is None
    assert opens_at(quiet, datetime(2026, 1, 5, 22, tzinfo=UTC)) == datetime(2026, 1, 6, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-03-28T22:30Z", "2026-03-29T06:00Z"),  # an hour shorter
        ("2026-10-24T21:30Z", "2026-10-25T07:00Z"),  # an hour longer
    ],
)
def test_night_in_which_the_clock_is_changed(now: str, opens: str) -> None:
    quiet = QuietHours(time(22), time(7), "Europe/London")
    assert opens_at(quiet, datetime.fromisoformat(now)) == datetime.fromisoformat(opens)


def test_no_quiet_hours() -> None:
    assert opens_at(None, datetime(2026, 1, 5, tzinfo=UTC)) is None


def test_day_that_a_zone_left_out() -> None:
    """Samoa went from the 29th to the 31st of December 2011."""
    apia = ZoneInfo("Pacific/Apia")
    assert moment_of(date(2011, 12, 30), time(12), apia) == moment_of(date(2011, 12, 31), time(0), apia)


LONDON = ZoneInfo("Europe/London")


@given(near_changes, minutes, st.sampled_from([Digest.DAILY, Digest.WEEKLY]))
def test_digest_is_due_later_at_that_time(place: tuple[str, datetime], at: time, digest: Digest) -> None:
    zone, now = ZoneInfo(place[0]), place[1]
    due = next_digest(digest, at, zone, now)
    assert due is not None
    assert due > now
    day = due.astimezone(zone).date()
    assert moment_of(day, at, zone) == due
    assert digest is Digest.DAILY or day.weekday() == 0
    # nor is there an earlier one
    days = (now.astimezone(zone).date() + timedelta(days=number) for number in range((due - now).days + 3))
    earlier = [moment_of(each, at, zone) for each in days if digest is Digest.DAILY or each.weekday() == 0]
    assert min(moment for moment in earlier if moment > now) == due


def test_no_digest() -> None:
    assert next_digest(Digest.OFF, time(8), LONDON, datetime(2026, 1, 5, tzinfo=UTC)) is None


def test_weekly_digest_comes_on_mondays() -> None:
    monday = datetime(2026, 6, 1, 7, tzinfo=UTC)  # 08:00 in London
    assert next_digest(Digest.WEEKLY, time(8), LONDON, monday - MINUTE) == monday
    assert next_digest(Digest.WEEKLY, time(8), LONDON, monday) == monday + timedelta(days=7)
