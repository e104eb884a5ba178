"""The query parameters of lists of orders."""

from datetime import UTC, date, datetime, time, timedelta

from commerce.orders.domain.order import OrderStatus
from commerce.orders.domain.orders import Listing
from shared.errors import FieldError, Invalid
from shared.http.parameters import optional_choice, optional_day, optional_line
from shared.http.request import Request
from shared.time.moments import after

_STATUS = optional_choice("status", OrderStatus)
_FROM = optional_day("from", description="The first day, in UTC, on which checkouts of these orders began.")
_TO = optional_day("to", description="The last day.")
WORDS = optional_line("q", description="An order's number or id, a receipt's number, or a customer's id.")

LISTING = (_STATUS, _FROM, _TO, WORDS)


def read_listing(request: Request) -> Listing:
    """Raises Invalid."""
    first, last = request.value(_FROM), request.value(_TO)
    if first and last and first > last:
        message = "must not be later than to"
        raise Invalid(f"from {message}.", [FieldError("from", message)])
    since, until = _begin(first) if first else None, after(_begin(last), timedelta(days=1)) if last else None
    return Listing(request.value(_STATUS), since, until)


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
