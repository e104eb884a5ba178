"""What lists of products are narrowed by, in the query of a request."""

from collections.abc import Iterable
from typing import Any

from commerce.catalogue.domain.catalogue import Listing, Sort, listing_of
from commerce.catalogue.domain.products import Status, label
from shared.errors import FieldError, Invalid
from shared.http.parameters import Parameter, optional_choice, optional_text, optional_whole_number
from shared.http.request import Request
from shared.money import MOST_MINOR_UNITS

_SORT = optional_choice("sort", Sort)
_CATEGORY = optional_text("category")
_MIN_PRICE = optional_whole_number("minPrice", 0, MOST_MINOR_UNITS, description="In minor units.")
_MAX_PRICE = optional_whole_number("maxPrice", 0, MOST_MINOR_UNITS, description="In minor units.")

CATEGORY_AND_PRICES: Iterable[Parameter[Any]] = (_CATEGORY, _MIN_PRICE, _MAX_PRICE)
LISTING: Iterable[Parameter[Any]] = (_SORT, *CATEGORY_AND_PRICES)


def listing_asked_for(request: Request, status: Status) -> Listing:
    """Raises Invalid."""
    least, most = prices_asked_for(request)
    return listing_of(category_asked_for(request), request.value(_SORT), least, most, status)


def category_asked_for(request: Request) -> str | None:
    """A category in the form in which products have it."""
    category = request.value(_CATEGORY)
    return None if category is None else label(category)


def prices_asked_for(request: Request) -> tuple[int | None, int | None]:
    """The ends of a range of prices, in minor units. Raises Invalid."""
    least, most = request.value(_MIN_PRICE), request.value(_MAX_PRICE)
    if least is not None and most is not None and least > most:
        message = "must not be greater than maxPrice"
        raise Invalid(f"minPrice {message}.", [FieldError("minPrice", message)])
    return least, most
