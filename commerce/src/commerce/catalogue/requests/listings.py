"""The query parameters of lists of products."""

from collections.abc import Iterable
from typing import Any

from commerce.catalogue.domain.catalogue import Listing, Sort, listing_of
from commerce.catalogue.domain.products import Status
from shared.errors import FieldError, Invalid
from shared.http.parameters import Parameter, optional_choice, optional_line, optional_whole_number
from shared.http.request import Request
from shared.money import MAX_MINOR_UNITS

_SORT = optional_choice("sort", Sort, description="`newest`, or with a range of prices `price`, where it is left out.")
_CATEGORY = optional_line("category")
_MIN_PRICE = optional_whole_number("minPrice", 0, MAX_MINOR_UNITS, description="In minor units.")
_MAX_PRICE = optional_whole_number("maxPrice", 0, MAX_MINOR_UNITS, description="In minor units.")

PRICES: Iterable[Parameter[Any]] = (_MIN_PRICE, _MAX_PRICE)
LISTING: Iterable[Parameter[Any]] = (_SORT, _CATEGORY, *PRICES)


def read_listing(request: Request, status: Status) -> Listing:
    """Raises Invalid."""
    min_price, max_price = read_price_range(request)
    return listing_of(request.value(_CATEGORY), request.value(_SORT), min_price, max_price, status)


def read_price_range(request: Request) -> tuple[int | None, int | None]:
    """Both ends, in minor units. Raises Invalid."""
    min_price, max_price = request.value(_MIN_PRICE), request.value(_MAX_PRICE)
    if min_price is not None and max_price is not None and min_price > max_price:
        message = "must not be greater than maxPrice"
        raise Invalid(f"minPrice {message}.", [FieldError("minPrice", message)])
    return min_price, max_price
