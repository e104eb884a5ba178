"""`?from=&to=`: the first and the last day of a list, in UTC."""

from datetime import UTC, date, datetime, time, timedelta

from shared.errors import FieldError, Invalid
from shared.http.parameters import Parameter, optional_day
from shared.http.request import Request
from shared.time.moments import after
from shared.time.periods import Period

FROM = optional_day("from", description="The first day, in UTC.")
TO = optional_day("to", description="The last day, in UTC.")


def read_period(request: Request, first: Parameter[date | None] = FROM, last: Parameter[date | None] = TO) -> Period:
    """Raises Invalid where the last day is before the first."""
    begin, end = request.value(first), request.value(last)
    if begin and end and begin > end:
        message = f"must not be later than {last.name}"
        raise Invalid(f"{first.name} {message}.", [FieldError(first.name, message)])
    return Period(_midnight(begin) if begin else None, after(_midnight(end), timedelta(days=1)) if end else None)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
