"""The query parameters of lists of orders."""

from commerce.orders.domain.order import OrderStatus
from commerce.orders.domain.orders import Listing
from shared.http.parameters import optional_choice, optional_day, optional_line
from shared.http.periods import read_period
from shared.http.request import Request

_STATUS = optional_choice("status", OrderStatus)
_FROM = optional_day("from", description="The first day, in UTC, on which checkouts of these orders began.")
_TO = optional_day("to", description="The last day.")
WORDS = optional_line("q", description="An order's number or id, a receipt's number, or a customer's id.")

LISTING = (_STATUS, _FROM, _TO, WORDS)


def read_listing(request: Request) -> Listing:
    """Raises Invalid."""
    period = read_period(request, _FROM, _TO)
    return Listing(request.value(_STATUS), period.since, period.until)
