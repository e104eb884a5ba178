"""Figures in memory."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, tzinfo

from shared.errors import Unavailable
from shared.figures.tallies import Counts, Occurrence, Period, added, by_day, day_of, distinct


class FakeFigures:
    def __init__(self, zone: tzinfo = UTC) -> None:
        self.zone = zone
        self.counted: set[str] = set()
        self.days: dict[date, Counts] = {}
        self.out_of_reach = False

    def count(self, occurrences: Sequence[Occurrence], now: datetime) -> int:  # noqa: ARG002  markers never expire
        self._reach()
        new = [each for identity, each in distinct(occurrences).items() if identity not in self.counted]
        self.counted |= {each.identity for each in new}
        for day, counts in by_day(new, self.zone).items():
            self._add(day, counts)
        return len(new)

    def add(self, at: datetime, counts: Counts) -> None:
        self._reach()
        self._add(day_of(at, self.zone), counts)

    def between(self, period: Period) -> Mapping[date, Counts]:
        self._reach()
        return {day: counts for day, counts in self.days.items() if period.first <= day <= period.last}

    def _add(self, day: date, counts: Counts) -> None:
        self.days[day] = added([self.days.get(day, {}), counts])

    def _reach(self) -> None:
        if self.out_of_reach:
            raise Unavailable("out of reach")
