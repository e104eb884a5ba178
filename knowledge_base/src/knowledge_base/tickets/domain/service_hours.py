"""Business hours: when the help desk works, and by when it has answered.

Time counts while the help desk is open, by the clock of its time zone: where daylight saving takes an hour out of the
working day, that day has an hour less.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared.time.clocks import moment_of

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"([a-z,-]+) ([0-9]{2}:[0-9]{2})-([0-9]{2}:[0-9]{2})", re.ASCII)
_DAY = timedelta(days=1)
_LONGEST_CLOSURE = 366


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """`weekdays`: 0 is Monday. `closes` is later than `opens`, on the same day."""

    opens: time
    closes: time
    weekdays: frozenset[int]
    zone: ZoneInfo
    is_holiday: Callable[[date], bool]

    def __post_init__(self) -> None:
        if not self.opens < self.closes or not self.weekdays:
            raise ValueError("a help desk is open on some day, and closes after it opens")

    def after(self, start: datetime, business_time: timedelta) -> datetime:
        """When so much business time has passed since `start`, in UTC; without any, `start`."""
        left = business_time
        if not left:
            return start
        for opens, closes in self._windows(start):
            if (lasts := closes - opens) >= left:
                return opens + left
            left -= lasts
        raise AssertionError  # windows have no end

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much business time lies between them; none where `end` is not later."""
        total = timedelta()
        for opens, closes in self._windows(start):
            if opens >= end:
                return total
            total += min(closes, end) - opens
        raise AssertionError  # windows have no end

    def _windows(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """From `start` on, in UTC, without end. Raises ValueError where the help desk stays closed for a year."""
        day, closed = start.astimezone(self.zone).date(), 0
        while closed < _LONGEST_CLOSURE:
            closed += 1
            if day.weekday() in self.weekdays and not self.is_holiday(day):
                opens, closes = moment_of(day, self.opens, self.zone), moment_of(day, self.closes, self.zone)
                if closes > (opens := max(opens, start)):
                    yield opens, closes
                    closed = 0
            day += _DAY
        raise ValueError("the help desk is closed for a whole year: see its hours and holidays")


def hours_of(text: str, zone: ZoneInfo, is_holiday: Callable[[date], bool]) -> BusinessHours:
    """Of `mon-fri 09:00-17:00` or `mon,wed-fri 10:00-16:30`. Raises ValueError for what says no such hours."""
    match = _HOURS.fullmatch(text.strip().lower())
    try:
        days, opens, closes = match.groups() if match else ("", "", "")
        weekdays = frozenset(day for part in days.split(",") for day in _weekdays(part))
        return BusinessHours(time.fromisoformat(opens), time.fromisoformat(closes), weekdays, zone, is_holiday)
    except ValueError as error:
        raise ValueError("business hours look like mon-fri 09:00-17:00") from error


def _weekdays(part: str) -> range:
    """Raises ValueError for no day of the week."""
    first, _, last = part.partition("-")
    return range(_DAYS.index(first), _DAYS.index(last or first) + 1)
