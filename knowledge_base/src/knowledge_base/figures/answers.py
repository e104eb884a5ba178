"""What the staff receive about the days of the help desk."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.figures.tallies import Counts, Period, Tally, tallies

_NAMES = {
    "tickets": "tickets",
    "solved": "solved",
    "first_replies": "firstReplies",
    "first_reply_minutes": "firstReplyMinutes",
    "suggestions_helpful": "suggestionsHelpful",
    "gaps": "gaps",
    "satisfied": "satisfied",
    "dissatisfied": "dissatisfied",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpDeskCounts:
    """`firstReplyMinutes` is how long the tickets of `firstReplies` have waited, together. `satisfied` are tickets that
    their supporters have given 4 or 5 points, `dissatisfied` 1 or 2, each on the day on which they last did.
    """

    tickets: int
    solved: int
    first_replies: int
    first_reply_minutes: int
    suggestions_helpful: int
    gaps: int
    satisfied: int
    dissatisfied: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpDeskDay(HelpDeskCounts):
    """`date` is a day of the charity's time zone, such as 2026-11-30."""

    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpDeskFigures:
    """Every day of the period, the first one first, and the sums of all days."""

    days: tuple[HelpDeskDay, ...]
    totals: HelpDeskCounts


def help_desk_figures(period: Period, counted: Mapping[date, Counts]) -> HelpDeskFigures:
    days, total = tallies(period, counted)
    return HelpDeskFigures(
        days=tuple(HelpDeskDay(date=day.isoformat(), **_counts(tally)) for day, tally in days),
        totals=HelpDeskCounts(**_counts(total)),
    )


def _counts(tally: Tally) -> dict[str, Any]:
    return {field: tally.number(name) for field, name in _NAMES.items()}
