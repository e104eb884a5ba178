"""Reads what a list of products is asked for, from the query of a request."""

from commerce.catalogue.domain.catalogue import Listing, Sort, listing_of
from commerce.catalogue.domain.products import Status, label
from shared.errors import FieldError, Invalid
from shared.http.routes import Request
from shared.money import MOST_MINOR_UNITS


def asked_listing(request: Request, status: Status) -> Listing:
    """`?category=&sort=&minPrice=&maxPrice=`. Raises Malformed; Invalid."""
    least, most = asked_prices(request)
    return listing_of(asked_category(request), request.choice("sort", Sort), least, most, status)


def asked_category(request: Request) -> str | None:
    """A category in the form in which products have it. Raises Malformed."""
    category = request.optional_query("category")
    return None if category is None else label(category)


def asked_prices(request: Request) -> tuple[int | None, int | None]:
    """The ends of a range of prices, in minor units. Raises Malformed; Invalid."""
    least, most = (
        request.optional_whole_number(name, least=0, most=MOST_MINOR_UNITS) for name in ("minPrice", "maxPrice")
    )
    if least is not None and most is not None and least > most:
        raise Invalid("minPrice is above maxPrice.", [FieldError("minPrice", "is above maxPrice")])
    return least, most
