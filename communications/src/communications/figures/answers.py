"""What the staff receive about the days of communications."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.figures.tallies import Counts, Period, Tally, tallies


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunicationCounts:
    """A message counts once, however many it went to. `emails`, `sms` and `pushes`: what a provider has accepted.

    `failed`: what none has, for good, or what came back.
    """

    messages: int
    notifications: int
    emails: int
    sms: int
    pushes: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunicationDay(CommunicationCounts):
    """`date` is a day of the charity's time zone, such as 2026-11-30."""

    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunicationFigures:
    """Every day of the period, the first one first, and the sums of all days."""

    days: tuple[CommunicationDay, ...]
    totals: CommunicationCounts


def communication_figures(period: Period, counted: Mapping[date, Counts]) -> CommunicationFigures:
    days, total = tallies(period, counted)
    return CommunicationFigures(
        days=tuple(CommunicationDay(date=day.isoformat(), **_counts(tally)) for day, tally in days),
        totals=CommunicationCounts(**_counts(total)),
    )


def _counts(tally: Tally) -> dict[str, Any]:
    names = ("messages", "notifications", "emails", "sms", "pushes", "failed")
    return {name: tally.number(name) for name in names}
