"""Reads what is searched for, from the query of a request."""

from commerce.catalogue.queries import asked_category, asked_prices
from commerce.search.domain.finding import Query, Sort
from shared.http.routes import Request

LONGEST_QUERY = 200


def asked_query(request: Request) -> Query:
    """The beginning of a search: `?q=&category=&sort=&minPrice=&maxPrice=`. Raises Malformed; Invalid."""
    least, most = asked_prices(request)
    return Query(
        words=request.optional_query("q", longest=LONGEST_QUERY) or "",
        category=asked_category(request),
        min_price=least,
        max_price=most,
        sort=request.choice("sort", Sort) or Sort.RELEVANCE,
    )
