"""Reads what is searched for, from the query of a request."""

from commerce.browsing import asked_category, asked_price
from commerce.domain.search.finding import Query
from commerce.domain.search.searching import query_of
from shared.http import Request

LONGEST_QUERY = 200


def asked_query(request: Request) -> Query:
    """`?q=&category=&sort=&minPrice=&maxPrice=`. Raises Malformed; Invalid."""
    return query_of(
        request.optional_query("q", longest=LONGEST_QUERY),
        asked_category(request),
        request.optional_query("sort"),
        asked_price(request, "minPrice"),
        asked_price(request, "maxPrice"),
    )
