"""Reads what a list of products is asked for, from the query of a request."""

from commerce.domain.catalogue import Listing, listing_of
from commerce.domain.products import Status, label
from shared.errors import FieldError, Invalid
from shared.http import Request
from shared.money import MOST_MINOR_UNITS


def asked_listing(request: Request, status: Status) -> Listing:
    """`?category=&sort=&minPrice=&maxPrice=`. Raises Malformed; Invalid."""
    return listing_of(
        asked_category(request),
        request.optional_query("sort"),
        asked_price(request, "minPrice"),
        asked_price(request, "maxPrice"),
        status,
    )


def asked_category(request: Request) -> str | None:
    """A category in the form in which products have it. Raises Malformed."""
    category = request.optional_query("category")
    return None if category is None else label(category)


def asked_price(request: Request, name: str) -> int | None:
    """A price in minor units. Raises Malformed."""
    return request.optional_whole_number(name, least=0, most=MOST_MINOR_UNITS)


def asked_status(request: Request) -> Status:
    """`?status=`, active where it is left out. Raises Invalid."""
    text = request.optional_query("status") or Status.ACTIVE.value
    if text not in set(Status):
        message = f"is one of {', '.join(Status)}"
        raise Invalid(f"status {message}.", [FieldError("status", message)])
    return Status(text)
