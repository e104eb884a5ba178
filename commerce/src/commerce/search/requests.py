"""The query parameters of a search."""

from collections.abc import Iterable
from typing import Any

from commerce.catalogue.requests.listings import CATEGORY, CATEGORY_AND_PRICES, read_price_range
from commerce.search.domain.finding import Query, Sort
from shared.http.parameters import Parameter, choice, optional_line
from shared.http.request import Request

MAX_QUERY_LENGTH = 200

_WORDS = optional_line("q", max_length=MAX_QUERY_LENGTH)
_SORT = choice("sort", Sort, default=Sort.RELEVANCE)

SEARCH: Iterable[Parameter[Any]] = (_WORDS, _SORT, *CATEGORY_AND_PRICES)


def read_query(request: Request) -> Query:
    """The first page of a search. Raises Invalid."""
    min_price, max_price = read_price_range(request)
    return Query(
        words=request.value(_WORDS) or "",
        category=request.value(CATEGORY),
        min_price=min_price,
        max_price=max_price,
        sort=request.value(_SORT),
    )
