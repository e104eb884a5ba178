"""The period that a request for figures names: `?from=&to=`."""

from datetime import date

from shared.errors import FieldError, Invalid
from shared.figures.tallies import Period
from shared.http.parameters import optional_day
from shared.http.request import Request

MAX_DAYS = 366
DEFAULT_DAYS = 30

_FROM = optional_day("from", description=f"The first day; by default {DEFAULT_DAYS} days, with the last.")
_TO = optional_day("to", description=f"The last day, of at most {MAX_DAYS}; by default today.")
PERIOD = _FROM, _TO
"""What a route for figures lists among its parameters. Days are those of the charity's time zone."""


def period_of(request: Request, today: date) -> Period:
    """Raises Invalid; Malformed."""
    return period(request.value(_FROM), request.value(_TO), today)


def period(first: date | None, last: date | None, today: date) -> Period:
    """Raises Invalid."""
    last = last or today
    first = first or date.fromordinal(max(1, last.toordinal() - DEFAULT_DAYS + 1))
    if first > last:
        refusal = FieldError("from", "must not be later than to, which is today where it is left out")
        raise Invalid("The days are no period.", [refusal])
    if (last - first).days >= MAX_DAYS:
        refusal = FieldError("to", f"must be at most {MAX_DAYS - 1} days later than from")
        raise Invalid(f"Ask for at most {MAX_DAYS} days.", [refusal])
    return Period(first, last)
